import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'vitest';
import { httpGatewayAdmin } from '../../src/adapters/gateway-admin/http-gateway-admin.ts';
import { openKafkaClient, type KafkaClient } from '../../src/client/kafka-client.ts';
import type { GatewayAdmin } from '../../src/ports/gateway-admin.ts';
import { parseTopology } from '../../src/config/parse-topology.ts';
import { gatewayNamed } from '../../src/topology/lookup.ts';
import { freePorts, type KafkaBroker } from './kafka-broker.ts';

const ENTRY = new URL('../../bin/gwctl.js', import.meta.url).pathname;
const DEADLINE = { timeout: 60_000, interval: 50 };

/** A line of a node that logs JSON. */
export interface LogLine {
  readonly time: string;
  readonly level: string;
  readonly message: string;
  readonly node: string;
  readonly worker?: number;
  readonly process?: number;
}

/** `gwctl gateway` as a process of its own, with workers, in front of two clusters of one broker each. */
export interface WorkerNode {
  readonly pid: number;
  readonly port: number;
  readonly admin: GatewayAdmin;
  readonly lines: readonly LogLine[];
  /** What it wrote that is no JSON. */
  readonly noise: readonly string[];
  /** Number of each worker that serves, or served last -> its process. */
  workers(): ReadonlyMap<number, number>;
  metrics(): Promise<string>;
  /** Another client, which opens one connection. */
  open(token: string): KafkaClient;
  /** Resolves with the exit code, or the signal. */
  readonly ended: Promise<number | string>;
  /** Ends the node and whatever may be left of it. */
  dispose(): Promise<void>;
}

/** Resolves when all workers serve. `env`: for the node, beside this process's own. */
export async function startWorkerNode(main: KafkaBroker, failover: KafkaBroker, workers: number, env: Readonly<Record<string, string>> = {}): Promise<WorkerNode> {
  const [port, adminPort] = (await freePorts(2)) as [number, number];
  const folder = mkdtempSync(join(tmpdir(), 'gwctl-workers-'));
  const text = [
    'runtime: external',
    `clusters: {main: {bootstrap: "127.0.0.1:${main.port}"}, failover: {bootstrap: "127.0.0.1:${failover.port}"}}`,
    `gateways: {gateway1: {port: ${port}, brokerPorts: 1, adminPort: ${adminPort}, advertisedHost: 127.0.0.1, workers: ${workers}}}`,
    'gateway: {logFormat: json, tokenKey: "env:TOKEN_KEY"}',
  ].join('\n');
  const config = join(folder, 'gwctl.yaml');
  writeFileSync(config, text);
  const child = spawn(process.execPath, [ENTRY, '--config', config, '--state-dir', folder, 'gateway', '--node', 'gateway1'], { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env, TOKEN_KEY: 'k'.repeat(32) } });
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
  const lines: LogLine[] = [];
  const noise: string[] = [];
  createInterface(child.stderr).on('line', (line) => {
    try {
      lines.push(JSON.parse(line) as LogLine);
    } catch {
      noise.push(line);
    }
  });
  const clients: KafkaClient[] = [];
  const topology = parseTopology(text, { fileName: 'gwctl.yaml', portOffset: 0, baseDir: folder });
  const servingLines = (): LogLine[] => lines.filter(({ message }) => message === 'a worker serves');
  const node: WorkerNode = {
    pid: child.pid ?? 0,
    port,
    lines,
    noise,
    ended,
    admin: httpGatewayAdmin(gatewayNamed(topology, 'gateway1'), { username: 'admin', password: 'conduktor' }),
    workers: () => new Map(servingLines().map((line) => [line.worker ?? 0, line.process ?? 0])),
    metrics: async () => {
      const response = await fetch(`http://127.0.0.1:${adminPort}/metrics`, { headers: { authorization: `Basic ${Buffer.from('admin:conduktor').toString('base64')}` } });
      return await response.text();
    },
    open: (token) => {
      const client = openKafkaClient({ bootstrap: [{ host: '127.0.0.1', port }], clientId: 'test', requestTimeoutMs: 30_000, sasl: { mechanism: 'PLAIN', username: 'sa', password: token } });
      clients.push(client);
      return client;
    },
    dispose: async () => {
      for (const client of clients) client.close();
      child.kill('SIGTERM');
      await ended;
      for (const { process: pid } of servingLines()) if (pid !== undefined && commandOf(pid).includes('--worker')) process.kill(pid, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
  void ended.then((how) => noise.push(`ended: ${how}`));
  const isUp = async (): Promise<boolean> => noise.length > 0 || (await node.admin.state().then(() => true, () => false));
  await expect.poll(isUp, DEADLINE).toBe(true);
  if (noise.length > 0) throw new Error(`the node did not start: ${noise.join('\n')}`);
  return node;
}

/** What a process was started with; '' when there is none, or only its entry in the table. */
export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** Connections that a process holds at a local port, as the system sees them. */
export function connectionsAt(pid: number, port: number): number {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const ESTABLISHED = '01';
  const inodes = new Set(
    readFileSync(`/proc/${pid}/net/tcp`, 'utf8').split('\n').slice(1).map((line) => line.trim().split(/\s+/)).filter(([, local = '', , state]) => local.endsWith(suffix) && state === ESTABLISHED).map((fields) => `socket:[${fields[9] ?? ''}]`),
  );
  return readdirSync(`/proc/${pid}/fd`).filter((fd) => inodes.has(linkOf(`/proc/${pid}/fd/${fd}`))).length;
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // closed meanwhile
  }
}
