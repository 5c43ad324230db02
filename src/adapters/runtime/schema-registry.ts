import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { RuntimeProgress } from '../../ports/runtime.ts';
import { GwctlError } from '../../shared/errors.ts';
import { bootstrapOf, clusterNamed } from '../../topology/lookup.ts';
import type { Topology } from '../../topology/topology.ts';
import { cacheDir, type Env } from './cache-dir.ts';
import { withFileLock } from './file-lock.ts';
import type { Java } from './java.ts';
import { renderRegistryPom } from './kafka-pom.ts';
import { copyDependencies } from './maven.ts';

/** Apicurio Registry: its Confluent-compatible API is what producers and consumers of the seed use. */
export const REGISTRY_VERSION = '3.3.3';

/** Apicurio 3.3 is compiled for it; Kafka itself needs less. */
export const REGISTRY_JAVA = 21;

/** Base path of the Confluent-compatible API: `schema.registry.url=http://localhost:8081/apis/ccompat/v7`. It cannot be moved to `/`. */
export const REGISTRY_BASE_PATH = '/apis/ccompat/v7';

/** Downloads and unpacks the registry into the cache, once; answers with its folder. */
export async function provisionRegistry(env: Env, progress: RuntimeProgress, signal?: AbortSignal): Promise<string> {
  const dir = join(cacheDir(env), `apicurio-registry-${REGISTRY_VERSION}`);
  if (await isProvisioned(dir)) return dir;
  const item = progress.start(`schema registry ${REGISTRY_VERSION}`);
  try {
    const lock = { purpose: 'gwctl: download of the schema registry', waitMs: 600_000, onWait: () => item.note('another gwctl downloads it'), ...(signal === undefined ? {} : { signal }) };
    await withFileLock(`${dir}.lock`, lock, async () => {
      if (await isProvisioned(dir)) return;
      item.note('downloading 160 MB with Maven (once)');
      await download(dir, env, signal);
    });
  } catch (reason) {
    item.fail(GwctlError.from(reason).message.split('\n')[0] ?? '');
    throw reason;
  }
  item.done();
  return dir;
}

export interface RegistryCommandOptions {
  readonly topology: Topology;
  readonly java: Java;
  readonly dir: string;
}

/** The command line of the registry: schemas in a topic of the cluster, so that they are replicated and survive a restart. */
export function registryCommand({ topology, java, dir }: RegistryCommandOptions): readonly string[] {
  const { cluster, topic, port } = topology.schemaRegistry;
  const settings = {
    'quarkus.http.port': `${port}`,
    'quarkus.http.host': '127.0.0.1',
    // Its second port is of no use to us, and by default it is 9000 on all addresses.
    'quarkus.management.host': '127.0.0.1',
    'quarkus.management.port': '0',
    'apicurio.storage.kind': 'kafkasql',
    'apicurio.kafkasql.bootstrap.servers': bootstrapOf(clusterNamed(topology, cluster)),
    'apicurio.kafkasql.topic': topic,
    // It waits out four polls of 5 s at its start.
    'apicurio.kafkasql.consumer.poll.timeout': '250',
    'apicurio.datasource.jdbc.initial-size': '2',
    'apicurio.datasource.jdbc.min-size': '2',
    'apicurio.datasource.jdbc.max-size': '10',
  };
  const properties = Object.entries(settings).map(([key, value]) => `-D${key}=${value}`);
  return [java.command, '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:+ExitOnOutOfMemoryError', ...properties, '-jar', join(dir, MAIN_JAR)];
}

const MAIN_JAR = 'quarkus-run.jar';

async function isProvisioned(dir: string): Promise<boolean> {
  return access(join(dir, MAIN_JAR)).then(
    () => true,
    () => false,
  );
}

async function download(dir: string, env: Env, signal?: AbortSignal): Promise<void> {
  await mkdir(cacheDir(env), { recursive: true });
  const workDir = await mkdtemp(`${dir}.part-`);
  try {
    const outputDir = join(workDir, 'download');
    const unpacked = join(workDir, 'unpacked');
    await copyDependencies({ pom: renderRegistryPom(REGISTRY_VERSION), workDir, outputDir, env, ...(signal === undefined ? {} : { signal }) });
    const archive = (await readdir(outputDir)).find((name) => name.endsWith('.tar.gz'));
    if (archive === undefined) throw new GwctlError('ENVIRONMENT', `Maven gave no archive of the schema registry ${REGISTRY_VERSION}`);
    await mkdir(unpacked);
    await execa('tar', ['-xzf', join(outputDir, archive), '-C', unpacked]);
    await rename(unpacked, dir);
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}
