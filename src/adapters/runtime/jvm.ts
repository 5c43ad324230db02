import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import type { Env } from './cache-dir.ts';
import type { Java } from './java.ts';
import type { KafkaDistribution } from './provision-kafka.ts';

/** What a JVM of ours runs as; each kind has its own class archive. */
export type JvmRole = 'broker' | 'mirror-maker';

const MAIN_CLASS = { broker: 'kafka.Kafka', 'mirror-maker': 'org.apache.kafka.connect.mirror.MirrorMaker' } as const;

const HEAP = { broker: '-Xmx192m', 'mirror-maker': '-Xmx256m' } as const;

/**
 * Flags that a class archive must be made and used with. Only the quick compiler: six brokers start in 3.9 s instead of 5.7 s (2 cores,
 * Kafka 4.3.1), at some cost in peak throughput; GWCTL_KAFKA_OPTS="-XX:TieredStopAtLevel=4" takes it back.
 */
export const JVM_FLAGS = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'] as const;

export interface JvmCommandOptions {
  readonly role: JvmRole;
  readonly java: Java;
  readonly distribution: KafkaDistribution;
  readonly configFile: string;
  readonly extraFlags: readonly string[];
  readonly env: Env;
}

/** The command line of a broker or a MirrorMaker. What GWCTL_KAFKA_OPTS holds comes last, so it wins. */
export function jvmCommand({ role, java, distribution, configFile, extraFlags, env }: JvmCommandOptions): readonly string[] {
  return [
    java.command,
    HEAP[role],
    ...JVM_FLAGS,
    '-XX:+ExitOnOutOfMemoryError',
    ...extraFlags,
    ...loggingFlags(distribution, 'service'),
    ...(env['GWCTL_KAFKA_OPTS'] ?? '').split(/\s+/).filter((flag) => flag !== ''),
    '-cp',
    distribution.jars.join(':'),
    MAIN_CLASS[role],
    configFile,
  ];
}

/** Kafka 4 logs through log4j 2, Kafka 3 through reload4j: which one is told by the jars. */
export function loggingFlags(distribution: KafkaDistribution, use: 'service' | 'tool'): readonly string[] {
  const file = join(distribution.madeDir, 'logging', `${use}-${isLog4j2(distribution) ? 'log4j2' : 'log4j'}.properties`);
  return [isLog4j2(distribution) ? `-Dlog4j2.configurationFile=${file}` : `-Dlog4j.configuration=file:${file}`];
}

export function isLog4j2({ jars }: KafkaDistribution): boolean {
  return jars.some((jar) => basename(jar).startsWith('log4j-core-'));
}

/** Names what an archive depends on: another Java, other jars or other flags need another one. */
export function archiveKey(java: Java, distribution: KafkaDistribution): string {
  const parts = [java.build, java.command, ...JVM_FLAGS, ...distribution.jars];
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16);
}
