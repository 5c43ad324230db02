import type { RuntimeProgress } from '../../ports/runtime.ts';
import type { Topology } from '../../topology/topology.ts';
import type { Env } from './cache-dir.ts';
import { type ArchiveFlags, ensureClassArchives } from './class-archive.ts';
import { findJava, type Java } from './java.ts';
import { type KafkaDistribution, provisionKafka } from './provision-kafka.ts';
import { provisionRegistry, REGISTRY_JAVA } from './schema-registry.ts';
import { ensureStorageTemplate } from './storage.ts';
import { writeLoggingConfig } from './write-logging-config.ts';

/** All that starts a topology: a Java, and for each Kafka version its jars and what was made of them. */
export interface Toolchain {
  readonly java: Java;
  readonly kafka: ReadonlyMap<string, KafkaTools>;
  readonly registry: { readonly java: Java; readonly dir: string } | undefined;
}

export interface KafkaTools {
  readonly distribution: KafkaDistribution;
  readonly archives: ArchiveFlags;
  readonly storageTemplate: string;
}

export interface ToolchainOptions {
  readonly topology: Topology;
  readonly env: Env;
  readonly progress: RuntimeProgress;
  readonly withSchemaRegistry: boolean;
  readonly signal?: AbortSignal;
}

/** Finds it, or downloads and makes it. ENVIRONMENT when the machine lacks something. Quick when everything is cached. */
export async function prepareToolchain({ topology, env, progress, withSchemaRegistry, signal }: ToolchainOptions): Promise<Toolchain> {
  const java = await findJava(env);
  const stop = signal === undefined ? {} : { signal };
  const kafka = new Map<string, KafkaTools>();
  for (const version of versionsOf(topology)) kafka.set(version, await prepareKafka(version, { java, env, progress, ...stop }));
  const registry = withSchemaRegistry ? { java: await findJava(env, REGISTRY_JAVA), dir: await provisionRegistry(env, progress, signal) } : undefined;
  return { java, kafka, registry };
}

/** What starts one Kafka version, in the same way. */
export async function prepareKafka(version: string, { java, env, progress, signal }: Pick<ToolchainOptions, 'env' | 'progress' | 'signal'> & { readonly java: Java }): Promise<KafkaTools> {
  const stop = signal === undefined ? {} : { signal };
  const distribution = await provisionKafka(version, { env, progress, ...stop });
  await writeLoggingConfig(distribution);
  const storageTemplate = await ensureStorageTemplate(distribution, java, env);
  return { distribution, storageTemplate, archives: await ensureClassArchives(distribution, { java, env, progress, ...stop }) };
}

/** Every Kafka version that a topology runs, brokers' and MirrorMaker's. */
export function versionsOf({ clusters, links }: Topology): readonly string[] {
  return [...new Set([...clusters, ...links].map(({ kafkaVersion }) => kafkaVersion))];
}
