import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { parse, stringify } from 'yaml';
import { parseTopology } from '../../src/config/parse-topology.ts';
import { environmentDir } from '../../src/topology/environment-dir.ts';
import type { Topology } from '../../src/topology/topology.ts';

/** An environment of its own for one test file: ports that nobody has, files in a temporary folder. */
export interface TestEnvironment {
  readonly runtime: 'local' | 'docker';
  readonly portOffset: number;
  readonly stateDir: string;
  /** Where the files of this environment's components are. */
  readonly dir: string;
  /** The text of its gwctl.yaml. */
  readonly config: string;
  /** What the gwctl.yaml says, moved to these ports. */
  readonly topology: Topology;
  /** The built CLI (`bin/gwctl.js`), on this environment. Never rejects: the exit code is part of the answer. */
  gwctl(args: readonly string[], options?: GwctlOptions): Promise<GwctlResult>;
  /** The same, for a test that does something to it while it runs. */
  startGwctl(args: readonly string[], options?: GwctlOptions): RunningGwctl;
  /** `gwctl down -v`, and the folder is removed. Call it in afterAll; safe to repeat. */
  dispose(): Promise<void>;
}

export interface GwctlOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  /** Instead of `bin/gwctl.js`. */
  readonly entry?: string;
}

export interface RunningGwctl {
  signal(name: 'SIGINT' | 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
  readonly result: Promise<GwctlResult>;
}

export interface GwctlResult {
  /** -1 when a signal ended it. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** For tests to which it does not matter how many brokers there are: it starts in half the time. */
export const ONE_BROKER_EACH = 'clusters: {main: {brokers: 1}, failover: {brokers: 1}}\n';

const ROOT = new URL('../../', import.meta.url).pathname;
const ENTRY = join(ROOT, 'bin', 'gwctl.js');
const TIMEOUT_MS = 170_000;
/** The first `up` of containers builds the gateway's image. */
const UP_MS = 400_000;

/** Ports and a folder; nothing runs yet. `text` is what its gwctl.yaml says beside the ports. */
export async function reserveEnvironment(text = '', runtime: 'local' | 'docker' = 'local'): Promise<TestEnvironment> {
  const config = withLowPorts(text);
  const [portOffset, stateDir] = await Promise.all([findFreeOffset(config), mkdtemp(join(tmpdir(), 'gwctl-test-'))]);
  const configFile = join(stateDir, 'gwctl.yaml');
  await writeFile(configFile, config);
  const topology = topologyAt(portOffset, config);
  const startGwctl = (args: readonly string[], { input = '', env = {}, timeoutMs = TIMEOUT_MS, entry = ENTRY }: GwctlOptions = {}): RunningGwctl => {
    const running = execa(process.execPath, [entry, '--config', configFile, ...args], {
      cwd: ROOT, input, reject: false, timeout: timeoutMs, forceKillAfterDelay: false, env: { GWCTL_RUNTIME: runtime, GWCTL_STATE_DIR: stateDir, GWCTL_PORT_OFFSET: `${portOffset}`, ...env },
    });
    return {
      signal: (name) => void running.kill(name),
      result: running.then(({ exitCode, stdout, stderr }) => ({ exitCode: exitCode ?? -1, stdout, stderr })),
    };
  };
  const gwctl = async (args: readonly string[], options: GwctlOptions = {}): Promise<GwctlResult> => await startGwctl(args, options).result;
  return {
    runtime,
    portOffset,
    stateDir,
    dir: environmentDir(topology, stateDir),
    config,
    topology,
    gwctl,
    startGwctl,
    dispose: async () => {
      const { exitCode, stderr } = await gwctl(['down', '-v']);
      await rm(stateDir, { recursive: true, force: true });
      if (exitCode !== 0) throw new Error(`gwctl down -v: exit ${exitCode}\n${stderr}`);
    },
  };
}

/** The same, and everything runs: `gwctl up`. */
export async function startEnvironment(upFlags: readonly string[] = [], config = '', runtime: 'local' | 'docker' = 'local'): Promise<TestEnvironment> {
  const environment = await reserveEnvironment(config, runtime);
  const { exitCode, stderr } = await environment.gwctl(['up', ...upFlags], runtime === 'docker' ? { timeoutMs: UP_MS } : {});
  if (exitCode === 0) return environment;
  await environment.dispose().catch(() => {});
  throw new Error(`gwctl up: exit ${exitCode}\n${stderr}`);
}

async function findFreeOffset(config: string): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const offset = (FIRST_OFFSETS[WORKER % FIRST_OFFSETS.length] ?? 0) + OFFSET_STEP * Math.floor(Math.random() * OFFSETS);
    if (await areFree(portsOf(topologyAt(offset, config)))) return offset;
  }
  throw new Error('no port offset is free');
}

/**
 * With the built-in topology's brokers on other ports. Its own are among those that the system gives to outgoing connections (32768 and up on
 * Linux), so a port that is free when it is looked for may be taken when the broker binds it.
 */
function withLowPorts(text: string): string {
  const file = (parse(text) ?? {}) as { readonly clusters?: Readonly<Record<string, object | null>> };
  const clusters = { main: { port: 10_092, ...file.clusters?.['main'] }, failover: { port: 11_092, ...file.clusters?.['failover'] } };
  return stringify({ ...file, clusters: { ...file.clusters, ...clusters } });
}

/**
 * All ports stay below 32768 with these. Files that run side by side choose from ranges of their own, further apart than the ports of one environment: what
 * one has chosen and not bound yet would be free for the other.
 */
const FIRST_OFFSETS = [1000, 11_600];
const OFFSET_STEP = 20;
const OFFSETS = 300;
/** Of vitest, from 1. */
const WORKER = Number(process.env['VITEST_POOL_ID'] ?? 1);

function topologyAt(portOffset: number, config: string): Topology {
  return parseTopology(config, { fileName: 'gwctl.yaml', portOffset, baseDir: ROOT });
}

function portsOf({ clusters, gateways, schemaRegistry }: Topology): readonly number[] {
  return [
    ...clusters.flatMap(({ brokers }) => brokers.flatMap(({ port, controllerPort }) => [port, controllerPort])),
    ...gateways.flatMap(({ ports, admin }) => [...ports.map(({ port }) => port), admin.port]),
    schemaRegistry.port,
  ];
}

/** All are held until all are known, so a topology that names one twice is not free. */
async function areFree(ports: readonly number[]): Promise<boolean> {
  const servers = ports.map((port) => net.createServer().listen(port, '127.0.0.1'));
  const results = await Promise.allSettled(servers.map((server) => once(server, 'listening')));
  await Promise.all(servers.filter((server) => server.listening).map((server) => once(server.close(), 'close')));
  return results.every(({ status }) => status === 'fulfilled');
}
