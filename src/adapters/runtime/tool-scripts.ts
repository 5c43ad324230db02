import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Java } from './java.ts';
import { JVM_FLAGS, loggingFlags } from './jvm.ts';
import type { KafkaDistribution } from './provision-kafka.ts';

/** Writes Kafka's own command line tools as small scripts over the same jars: `<environment>/bin/kafka-topics` and the like. */
export async function writeToolScripts(dir: string, distribution: KafkaDistribution, java: Java): Promise<void> {
  await mkdir(dir, { recursive: true });
  for (const [name, mainClass] of Object.entries(toolClasses(distribution.version))) {
    const file = join(dir, name);
    await writeFile(file, renderToolScript(mainClass, distribution, java));
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

function renderToolScript(mainClass: string, distribution: KafkaDistribution, java: Java): string {
  // Short runs gain from the quick compiler; KAFKA_OPTS comes last and wins, as with Kafka's own scripts.
  const flags = [...JVM_FLAGS, '-Xshare:auto', ...loggingFlags(distribution, 'tool')].map(quote).join(' ');
  return `#!/bin/sh\nexec ${quote(java.command)} ${flags} $KAFKA_OPTS -cp ${quote(distribution.jars.join(':'))} ${mainClass} "$@"\n`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
