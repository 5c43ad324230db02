import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { parseTopology } from '../../src/config/parse-topology.ts';
import type { Topology } from '../../src/topology/topology.ts';

/** An environment of its own for one test file: ports that nobody has, files in a temporary folder. */
export interface TestEnvironment {
  readonly portOffset: number;
  readonly stateDir: string;
  /** The built-in topology, moved to these ports. */
  readonly topology: Topology;
  /** The built CLI (`bin/gwctl.js`), on this environment. Never rejects: the exit code is part of the answer. */
  gwctl(args: readonly string[], options?: GwctlOptions): Promise<GwctlResult>;
  /** `gwctl down -v`, and the folder is removed. Call it in afterAll; safe to repeat. */
  dispose(): Promise<void>;
}

export interface GwctlOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

export interface GwctlResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const ROOT = new URL('../../', import.meta.url).pathname;
const ENTRY = join(ROOT, 'bin', 'gwctl.js');
const TIMEOUT_MS = 170_000;

/** Ports and a folder; nothing runs yet. */
export async function reserveEnvironment(): Promise<TestEnvironment> {
  const [portOffset, stateDir] = await Promise.all([findFreeOffset(), mkdtemp(join(tmpdir(), 'gwctl-test-'))]);
  const gwctl = async (args: readonly string[], { input = '', env = {}, timeoutMs = TIMEOUT_MS }: GwctlOptions = {}): Promise<GwctlResult> => {
    const { exitCode, stdout, stderr } = await execa(process.execPath, [ENTRY, ...args], {
      cwd: ROOT, input, reject: false, timeout: timeoutMs, env: { GWCTL_STATE_DIR: stateDir, GWCTL_PORT_OFFSET: `${portOffset}`, ...env },
    });
    return { exitCode: exitCode ?? -1, stdout, stderr };
  };
  return {
    portOffset,
    stateDir,
    topology: topologyAt(portOffset),
    gwctl,
    dispose: async () => {
      const { exitCode, stderr } = await gwctl(['down', '-v']);
      await rm(stateDir, { recursive: true, force: true });
      if (exitCode !== 0) throw new Error(`gwctl down -v: exit ${exitCode}\n${stderr}`);
    },
  };
}

/** The same, and everything runs: `gwctl up`. */
export async function startEnvironment(upFlags: readonly string[] = []): Promise<TestEnvironment> {
  const environment = await reserveEnvironment();
  const { exitCode, stderr } = await environment.gwctl(['up', ...upFlags]);
  if (exitCode === 0) return environment;
  await environment.dispose().catch(() => {});
  throw new Error(`gwctl up: exit ${exitCode}\n${stderr}`);
}

async function findFreeOffset(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const offset = FIRST_OFFSET + OFFSET_STEP * Math.floor(Math.random() * OFFSETS);
    if (await areFree(portsOf(topologyAt(offset)))) return offset;
  }
  throw new Error('no port offset is free');
}

/** Broker ports of the built-in topology stay below 65536 with these. */
const FIRST_OFFSET = 1000;
const OFFSET_STEP = 20;
const OFFSETS = 1000;

function topologyAt(portOffset: number): Topology {
  return parseTopology('', { fileName: 'built-in topology', portOffset, baseDir: ROOT });
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
