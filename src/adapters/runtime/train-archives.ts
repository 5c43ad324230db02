import { access, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { GwctlError } from '../../shared/errors.ts';
import { renderMm2Properties } from '../../topology/render-mm2-properties.ts';
import { renderServerProperties } from '../../topology/render-server-properties.ts';
import type { Cluster, MirrorLink } from '../../topology/topology.ts';
import type { Env } from './cache-dir.ts';
import type { Component } from './component.ts';
import type { Java } from './java.ts';
import { jvmCommand, type JvmRole } from './jvm.ts';
import { jvmEnvironment } from './jvm-environment.ts';
import type { KafkaDistribution } from './provision-kafka.ts';
import { type RunningComponent, spawnComponent } from './spawn-component.ts';
import { stopComponent } from './stop-component.ts';
import { ensureStorageTemplate, formatStorage } from './storage.ts';

export interface TrainingOptions {
  readonly distribution: KafkaDistribution;
  readonly java: Java;
  readonly env: Env;
  readonly workDir: string;
  readonly archives: Readonly<Record<JvmRole, string>>;
  readonly signal?: AbortSignal;
}

const READY_MS = 60_000;
/** Writing an archive takes about 1.5 s of a core. */
const DUMP_MS = 60_000;

/** One broker, and a MirrorMaker that copies heartbeats from it to itself; at their end both JVMs write what they loaded. */
export async function trainArchives({ distribution, java, env, workDir, archives, signal }: TrainingOptions): Promise<void> {
  const dir = join(workDir, 'training');
  const [port, controllerPort] = await freePorts();
  const broker = { id: 1, host: 'localhost', port, controllerPort };
  const cluster = (name: string): Cluster => ({ name, role: 'primary', kafkaVersion: distribution.version, brokers: [broker], brokerConfig: {} });
  const link: MirrorLink = { name: 'a->b', from: 'a', to: 'b', topics: 'none', groups: 'none', kafkaVersion: distribution.version };
  const start = async (role: JvmRole, config: string) => {
    const component: Component = { name: role, kind: role, cluster: null, dir: join(dir, role), port: 0, binds: [] };
    await mkdir(component.dir, { recursive: true });
    const configFile = join(component.dir, `${role}.properties`);
    await writeFile(configFile, config);
    const command = jvmCommand({ role, java, distribution, configFile, extraFlags: [`-XX:ArchiveClassesAtExit=${archives[role]}`], env: {} });
    return spawnComponent(component, command, jvmEnvironment(env));
  };

  const dataDir = join(dir, 'data');
  const started: RunningComponent[] = [];
  try {
    await formatStorage(dataDir, await ensureStorageTemplate(distribution, java, env), broker.id, 'gwctl-class-training-1');
    started.push(await start('broker', renderServerProperties(cluster('a'), broker, dataDir)));
    started.push(await start('mirror-maker', renderMm2Properties({ clusters: [cluster('a'), cluster('b')], links: [link] })));
    await awaitReplicated(dataDir, started, signal);
  } finally {
    for (const { component } of started.reverse()) await stopComponent(component, { graceMs: DUMP_MS });
  }
  for (const role of Object.keys(archives) as JvmRole[]) await access(archives[role]);
}

/** A heartbeat in `a.heartbeats` has been through all of MirrorMaker and a transaction. */
async function awaitReplicated(dataDir: string, started: readonly RunningComponent[], signal?: AbortSignal): Promise<void> {
  let gone: string | undefined;
  for (const { component, exited } of started) void exited.then((how) => (gone = `training ${component.name}: ${how}`));
  const deadlineMs = performance.now() + READY_MS;
  while (!(await hasRecords(join(dataDir, 'a.heartbeats-0')))) {
    if (gone !== undefined) throw new GwctlError('UNAVAILABLE', gone);
    if (performance.now() > deadlineMs) throw new GwctlError('UNAVAILABLE', `the training run did not get ready within ${READY_MS / 1000} s`);
    await delay(100, undefined, signal === undefined ? {} : { signal });
  }
}

async function hasRecords(dir: string): Promise<boolean> {
  const logs = (await readdir(dir).catch(() => [])).filter((name) => name.endsWith('.log'));
  const sizes = await Promise.all(logs.map(async (name) => (await stat(join(dir, name))).size));
  return sizes.some((size) => size > 0);
}

async function freePorts(): Promise<[number, number]> {
  const servers = await Promise.all([openServer(), openServer()]);
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return [ports[0] ?? 0, ports[1] ?? 0];
}

function openServer(): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0 }, () => resolve(server));
  });
}
