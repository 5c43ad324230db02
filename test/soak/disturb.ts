import { expect } from 'vitest';
import { httpGatewayAdmin } from '../../src/adapters/gateway-admin/http-gateway-admin.ts';
import type { GatewayAdmin } from '../../src/ports/gateway-admin.ts';
import type { SwitchOrder } from '../../src/shared/admin-api.ts';
import { signalComponent } from '../support/component.ts';
import { VIRTUAL_CLUSTER } from '../support/client-matrix/run-matrix.ts';
import type { TestEnvironment } from '../support/environment.ts';
import { clientOn } from '../support/service-account.ts';
import { processesOf } from './memory.ts';
import type { Disturbance } from './timeline.ts';

const BROKER = { name: 'main-2', id: 2 } as const;
const DEADLINE = { timeout: 90_000, interval: 100 };
/** For a check that says no while MirrorMaker gives out its tasks anew: nothing was changed then. */
const CHECK_FAILED = 3;
const SWITCH_DEADLINE = { timeout: 240_000, interval: 1000 };
let runs = 0;

/** Every node of an environment, as gwctl talks to it. */
export function adminsOf({ topology }: TestEnvironment): readonly GatewayAdmin[] {
  return topology.gateways.map((node) => httpGatewayAdmin(node, { username: 'admin', password: 'conduktor' }));
}

/** Does it, waits until it is over and says what happened; `pidOf`: the process of a node. */
export async function disturb(what: Disturbance, environment: TestEnvironment, pidOf: (gateway: string) => number): Promise<string> {
  switch (what) {
    case 'pause':
      return await pauseAndResume(adminsOf(environment));
    case 'kill-worker':
      return await killWorker(pidOf('gateway1'), adminsOf(environment));
    case 'kill-broker':
      return await killBroker(environment);
    case 'switch':
      return await switchOver(environment);
  }
}

/** A run of its own, which is given up when writes are held on every node. */
async function pauseAndResume(admins: readonly GatewayAdmin[]): Promise<string> {
  const startedMs = performance.now();
  const [first] = await Promise.all(admins.map((admin) => admin.state()));
  if (first === undefined) throw new Error('no gateway');
  const order: SwitchOrder = { runId: `soak-${++runs}`, generation: first.generation + 1, to: first.active === 'main' ? 'failover' : 'main', leaseMs: 30_000, timeoutMs: 5000 };
  const all = (act: (admin: GatewayAdmin) => Promise<unknown>): Promise<unknown> => Promise.all(admins.map(act));
  let held: readonly number[] = [];
  let tries = 0;
  try {
    // A node that has no time for it says so, and nothing was changed.
    await expect.poll(() => all((admin) => admin.prepare(order)).then(() => ++tries, (reason: unknown) => (++tries, describe(reason))), DEADLINE).toBeTypeOf('number');
    await all((admin) => admin.order('pause', order));
    await all((admin) => admin.order('drain', order));
    await expect.poll(async () => (held = await Promise.all(admins.map(async (admin) => (await admin.state()).heldWrites))).every((count) => count > 0), DEADLINE).toBe(true);
  } finally {
    await all((admin) => admin.order('abort', order));
  }
  return `paused and resumed in ${Math.round(performance.now() - startedMs)} ms, ${held.join(' + ')} writes held${tries === 1 ? '' : `, prepared at try ${tries}`}`;
}

async function killWorker(pid: number, admins: readonly GatewayAdmin[]): Promise<string> {
  const before = processesOf(pid);
  const [, victim] = before;
  if (victim === undefined) throw new Error(`process ${pid} has no workers`);
  process.kill(victim, 'SIGKILL');
  await expect.poll(() => processesOf(pid).filter((worker) => !before.includes(worker)).length, DEADLINE).toBe(1);
  await expect.poll(async () => (await Promise.all(admins.map((admin) => admin.state()))).every(({ phase }) => phase === 'serving'), DEADLINE).toBe(true);
  return `worker killed (process ${victim}), another one is there`;
}

/** kill -9, until others lead what it led; then back with `gwctl up`, until it has caught up. */
export async function killBroker(environment: TestEnvironment, broker: { readonly name: string; readonly id: number } = BROKER): Promise<string> {
  const cluster = clientOn(environment, 'main');
  const partitions = async () => (await cluster.metadata()).topics.filter(({ name }) => name.startsWith(VIRTUAL_CLUSTER)).flatMap((topic) => topic.partitions);
  try {
    const startedMs = performance.now();
    await signalComponent(environment, broker.name, 'SIGKILL');
    await expect.poll(async () => (await partitions().catch(() => undefined))?.every(({ leader }) => leader !== broker.id && leader >= 0), DEADLINE).toBe(true);
    const led = performance.now() - startedMs;
    // Again where a busy machine was too slow for its limit: it starts what is not there.
    let up = await environment.gwctl(['up']);
    await expect.poll(async () => (up.exitCode === 0 ? up : (up = await environment.gwctl(['up']))).exitCode, SWITCH_DEADLINE).toBe(0);
    await expect.poll(async () => (await partitions()).every(({ isr, replicas }) => isr.length === replicas.length), DEADLINE).toBe(true);
    return `broker ${broker.name} killed, others led after ${Math.round(led)} ms, in sync again after ${Math.round(performance.now() - startedMs)} ms`;
  } finally {
    cluster.close();
  }
}

async function switchOver(environment: TestEnvironment): Promise<string> {
  const failover = async () => await environment.gwctl(['failover', '--to', 'failover', '--yes']);
  let tries = 1;
  let result = await failover();
  await expect.poll(async () => {
    if (result.exitCode !== CHECK_FAILED) return result.exitCode;
    tries++;
    return (result = await failover()).exitCode;
  }, SWITCH_DEADLINE).not.toBe(CHECK_FAILED);
  expect(result.exitCode, result.stderr).toBe(0);
  return `switched to failover${tries === 1 ? '' : `, at try ${tries}`}`;
}

function describe(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}
