// What is measured: the broker itself, proxies of others, and our gateway. A target is started, asked until it serves, and stopped.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { GATEWAY_NODE_FLAGS } from '../../build/gateway/v8-flags.js';
import { OURS, VIRTUAL_CLUSTER } from './layout.mjs';
import { prepareHaproxy, prepareKafkaProxy, prepareKroxylicious } from './peers.mjs';
import { openConnection } from './raw-connection.mjs';

const SERVED_WITHIN_MS = 60_000;
const PROBE_PAUSE_MS = 2;
const STOP_GRACE_MS = 10_000;

/** Every target that this machine can have, `direct` first, and a line for each that it cannot. TARGETS names those that are wanted. */
export async function prepareTargets({ dir, layout, java, gwctlCommand }) {
  const { broker, proxy, gatewayPort } = layout;
  const prepared = [
    ['direct', () => ({ port: broker.client })],
    ['haproxy', () => prepareHaproxy({ dir, broker, proxy })],
    ['node-forwarder', () => ({ command: [process.execPath, fileURLToPath(new URL('forwarder.mjs', import.meta.url)), `${proxy.forwarder}`, '127.0.0.1', `${broker.forwarder}`], port: proxy.forwarder })],
    ['kroxylicious', () => prepareKroxylicious({ dir, broker, proxy, java })],
    ['kafka-proxy', () => prepareKafkaProxy({ broker, proxy })],
    [OURS, () => ({ command: withNodeFlags(gwctlCommand('gateway', '--node', 'gateway1')), port: gatewayPort, hasTenants: true, hasLogin: true })],
  ];
  const wanted = process.env['TARGETS']?.split(',');
  const unknown = (wanted ?? []).filter((name) => !prepared.some(([known]) => known === name));
  if (unknown.length > 0) throw new Error(`TARGETS: ${unknown.join(', ')} (allowed: ${prepared.map(([name]) => name).join(', ')})`);
  const targets = [];
  const skipped = [];
  for (const [name, prepare] of prepared) {
    if (wanted !== undefined && name !== 'direct' && !wanted.includes(name)) continue;
    const { reason, ...rest } = await prepare();
    if (reason === undefined) targets.push({ name, dir, host: 'localhost', brokerPort: broker.client, propertiesFile: '', ...rest });
    else skipped.push(`${name} is left out: ${reason}`);
  }
  return { targets, skipped };
}

/** As `up` starts a node. */
function withNodeFlags([node, ...rest]) {
  return [node, ...GATEWAY_NODE_FLAGS, ...rest];
}

/** Starts the target's process; `direct` has none. Resolves before it serves. */
export function startTarget({ name, command, dir }) {
  if (command === undefined) return { pid: undefined, assertAlive: () => {}, stop: async () => {} };
  const [file, ...args] = command;
  const logFile = join(dir, `${name}.log`);
  const log = openSync(logFile, 'a');
  const child = spawn(file, args, { cwd: dir, stdio: ['ignore', log, log] });
  closeSync(log);
  const isOver = () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
  child.on('error', () => {});
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  child.once('exit', () => process.off('exit', killWithUs));
  return {
    pid: child.pid,
    assertAlive: () => {
      if (isOver()) throw new Error(`${name} ended: ${readFileSync(logFile, 'utf8').trim().split('\n').slice(-5).join('\n')}`);
    },
    stop: async () => {
      if (isOver()) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
      await exited;
      clearTimeout(force);
    },
  };
}

/** Resolves when a client was served once: ApiVersions, the login where there is one, and Metadata of `topic` (or of the cluster alone). */
export async function awaitServed(target, running, topic) {
  const deadlineMs = performance.now() + SERVED_WITHIN_MS;
  for (;;) {
    running.assertAlive();
    try {
      (await openConnection(target, topic)).close();
      return;
    } catch (reason) {
      if (performance.now() > deadlineMs) throw new Error(`${target.name} did not serve within ${SERVED_WITHIN_MS / 1000} s: ${reason.message}`, { cause: reason });
      await delay(PROBE_PAUSE_MS);
    }
  }
}

/** A token for our gateway, which must run: as a login for raw connections, and as a properties file for Kafka's tools. */
export async function withLogin(target, gwctl) {
  if (target.hasLogin !== true) return target;
  const propertiesFile = join(target.dir, 'perf.properties');
  await gwctl('vcluster', 'token', VIRTUAL_CLUSTER, '--properties', propertiesFile);
  const [, username, password] = /username='([^']*)' password='([^']*)'/.exec(readFileSync(propertiesFile, 'utf8'));
  return { ...target, propertiesFile, login: { username, password } };
}
