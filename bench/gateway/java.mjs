// The Java and the Kafka jars of the local runtime, for the benchmark's own classes.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { findJava } from '../../build/adapters/runtime/java.js';
import { provisionKafka } from '../../build/adapters/runtime/provision-kafka.js';
import { DEFAULTS } from '../../build/config/defaults.js';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const SILENT = { start: () => ({ note: () => {}, done: () => {}, fail: () => {} }) };

/** `{java, jars}`: the command, and the jars of the Kafka version that the brokers run. */
export async function findJavaAndKafka() {
  const { command } = await findJava(process.env);
  const { jars } = await provisionKafka(DEFAULTS.kafkaVersion, { env: process.env, progress: SILENT });
  return { java: command, jars };
}

/** Compiles a class of this folder. The Java must be a whole JDK. */
export async function compileJava({ java, jars, name, outputDir }) {
  const { failed, stderr } = await execa(java, ['-m', 'jdk.compiler/com.sun.tools.javac.Main', '--release', '17', '-cp', jars.join(':'), '-d', outputDir, join(FOLDER, `${name}.java`)], { reject: false, stdin: 'ignore' });
  if (failed) throw new Error(`${name}.java could not be compiled (a JDK is needed, not only a JRE): ${stderr.trim().split('\n')[0]}`);
  return [outputDir, ...jars].join(':');
}
