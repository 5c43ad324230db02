import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Java } from './java.ts';
import { JVM_FLAGS, loggingFlags } from './jvm.ts';
import type { KafkaTools } from './toolchain.ts';

/** Writes Kafka's own command line tools as small scripts over the same jars: `<environment>/bin/kafka-topics` and the like. */
export async function writeToolScripts(dir: string, kafka: KafkaTools, java: Java): Promise<void> {
  await mkdir(dir, { recursive: true });
  for (const [name, mainClass] of Object.entries(toolClasses(kafka.distribution.version))) {
    const file = join(dir, name);
    await writeFile(file, renderToolScript(mainClass, kafka, java));
    await chmod(file, 0o755);
  }
}

/** Tool name -> main class; two of them moved with Kafka 4. */
export function toolClasses(version: string): Readonly<Record<string, string>> {
  const isKafka4 = Number(version.split('.')[0]) >= 4;
  return {
    'kafka-topics': 'org.apache.kafka.tools.TopicCommand',
    'kafka-console-producer': isKafka4 ? 'org.apache.kafka.tools.ConsoleProducer' : 'kafka.tools.ConsoleProducer',
    'kafka-console-consumer': 'org.apache.kafka.tools.consumer.ConsoleConsumer',
    'kafka-consumer-groups': 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
    'kafka-producer-perf-test': 'org.apache.kafka.tools.ProducerPerformance',
    'kafka-consumer-perf-test': 'org.apache.kafka.tools.ConsumerPerformance',
    'kafka-configs': 'kafka.admin.ConfigCommand',
    'kafka-acls': isKafka4 ? 'org.apache.kafka.tools.AclCommand' : 'kafka.admin.AclCommand',
    'kafka-get-offsets': 'org.apache.kafka.tools.GetOffsetShell',
  };
}

function renderToolScript(mainClass: string, { distribution, archives }: KafkaTools, java: Java): string {
  // Short runs gain from the quick compiler, and from the broker's archive, which has most of a tool's classes: `kafka-topics --version` takes 0.6 s instead of 1.3 s.
  // KAFKA_OPTS comes last and wins, as with Kafka's own scripts.
  const flags = [...JVM_FLAGS, ...archives.broker, ...loggingFlags(distribution, 'tool')].map(quote).join(' ');
  return `#!/bin/sh\nexec ${quote(java.command)} ${flags} $KAFKA_OPTS -cp ${quote(distribution.jars.join(':'))} ${mainClass} "$@"\n`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
