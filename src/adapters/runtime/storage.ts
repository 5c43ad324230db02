import { randomBytes } from 'node:crypto';
import { access, copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { GwctlError } from '../../shared/errors.ts';
import { renderProperties } from '../../topology/render-properties.ts';
import type { Env } from './cache-dir.ts';
import type { Java } from './java.ts';
import { JVM_FLAGS, loggingFlags } from './jvm.ts';
import type { KafkaDistribution } from './provision-kafka.ts';

/**
 * The feature levels that Kafka's own storage tool writes for a new cluster. The same for every node of one Kafka version, so the
 * tool runs once and nodes get a copy: no JVM per node at `up`.
 */
export async function ensureStorageTemplate(distribution: KafkaDistribution, java: Java, env: Env): Promise<string> {
  const template = join(distribution.madeDir, CHECKPOINT);
  if (await exists(template)) return template;
  await mkdir(distribution.madeDir, { recursive: true });
  const scratch = await mkdtemp(join(distribution.madeDir, 'format-'));
  try {
    const config = join(scratch, 'server.properties');
    const dataDir = join(scratch, 'data');
    await writeFile(config, renderProperties(templateProperties(dataDir)));
    const args = [...JVM_FLAGS, ...loggingFlags(distribution, 'tool'), '-cp', distribution.jars.join(':'), 'kafka.tools.StorageTool', 'format', '-t', newUuid(), '-c', config];
    const result = await execa(java.command, args, { reject: false, all: true, env: { ...env }, extendEnv: false });
    if (result.failed) throw new GwctlError('UNAVAILABLE', `kafka-storage of Kafka ${distribution.version} ended with exit code ${result.exitCode ?? 'none'}:\n${result.all ?? ''}`);
    await rename(join(dataDir, CHECKPOINT), template);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return template;
}

/** Gives a node its formatted data folder, unless it has one. The folder appears complete or not at all. */
export async function formatStorage(dataDir: string, template: string, nodeId: number, clusterId: string): Promise<void> {
  if (await exists(join(dataDir, META))) return;
  const draft = `${dataDir}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  await copyFile(template, join(draft, CHECKPOINT));
  await writeFile(join(draft, META), renderProperties({ version: '1', 'node.id': `${nodeId}`, 'cluster.id': clusterId, 'directory.id': newUuid() }));
  await rm(dataDir, { recursive: true, force: true });
  await rename(draft, dataDir);
}

/** The cluster ids of an environment, made once: a node refuses to start with another one. */
export async function ensureClusterIds(file: string, clusters: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const known = (await exists(file)) ? (JSON.parse(await readFile(file, 'utf8')) as Record<string, string>) : {};
  const ids = new Map(clusters.map((cluster) => [cluster, known[cluster] ?? newUuid()]));
  if (clusters.some((cluster) => known[cluster] === undefined)) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(`${file}.new`, JSON.stringify({ ...known, ...Object.fromEntries(ids) }, undefined, 2));
    await rename(`${file}.new`, file);
  }
  return ids;
}

const CHECKPOINT = 'bootstrap.checkpoint';
const META = 'meta.properties';

/** As Kafka makes them: 16 random bytes in base64url, never with a leading dash, which command lines take for a flag. */
function newUuid(): string {
  for (;;) {
    const text = randomBytes(16).toString('base64url');
    if (!text.startsWith('-')) return text;
  }
}

function templateProperties(dataDir: string): Record<string, string> {
  return {
    'node.id': '1',
    'process.roles': 'broker,controller',
    'controller.quorum.voters': '1@localhost:1',
    'controller.listener.names': 'CONTROLLER',
    listeners: 'CLIENT://localhost:2,CONTROLLER://localhost:1',
    'listener.security.protocol.map': 'CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'CLIENT',
    'log.dirs': dataDir,
  };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
