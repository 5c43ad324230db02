import { afterAll, beforeAll, expect, test } from 'vitest';
import { httpGatewayAdmin } from '../../src/adapters/gateway-admin/http-gateway-admin.ts';
import { openKafkaCluster } from '../../src/adapters/kafka/kafka-cluster.ts';
import type { SwitchOrder } from '../../src/shared/admin-api.ts';
import { clusterNamed } from '../../src/topology/lookup.ts';
import type { ClientEvent } from '../support/client-matrix/client-event.ts';
import { type ClientProcess, startClientProcess } from '../support/client-matrix/client-process.ts';
import { MATRIX_CLIENTS, type MatrixClient, type ProgramName } from '../support/client-matrix/client-table.ts';
import { prepareProgram, type PreparedProgram } from '../support/client-matrix/prepare-program.ts';
import { awaitTopics, createTopics, hasEnough, issueToken, readLog, settingsFor, VIRTUAL_CLUSTER } from '../support/client-matrix/run-matrix.ts';
import { signalComponent } from '../support/component.ts';
import { commitSwitch } from '../support/decide-switch.ts';
import { startEnvironment, type TestEnvironment } from '../support/environment.ts';
import { awaitCondition } from '../support/kill-lab.ts';
import { clientOn, readNodeState } from '../support/service-account.ts';

/** GWCTL_MATRIX_CLIENTS: other rows of the matrix, by the beginnings of their names. */
const NAMES = (process.env['GWCTL_MATRIX_CLIENTS'] ?? 'java43-cooperative,librdkafka-idempotent,franz-go').split(',');
const CLIENTS: readonly MatrixClient[] = MATRIX_CLIENTS.filter(({ name, isTransactional }) => !isTransactional && NAMES.some((prefix) => name.startsWith(prefix)));
const SETUP_MS = 600_000;
const LIMIT_MS = 90_000;
const ADMIN = { username: 'admin', password: 'conduktor' };
/** Of generation 3; all of it together takes less. */
const LEASE_MS = 30_000;

let environment: TestEnvironment;
let programs: ReadonlyMap<ProgramName, PreparedProgram>;
const running = new Map<ProgramName, ClientProcess>();

beforeAll(async () => {
  programs = new Map(await Promise.all([...new Set(CLIENTS.map(({ program }) => program))].map(async (name) => [name, await prepareProgram(name)] as const)));
  environment = await startEnvironment();
  const token = await issueToken(environment);
  await createTopics(environment, CLIENTS.map(({ name }) => name), token);
  await awaitTopics(clusterNamed(environment.topology, 'failover'), CLIENTS.map(({ name }) => VIRTUAL_CLUSTER + name));
  for (const [turn, [name, program]] of [...programs].entries()) {
    const node = environment.topology.gateways[turn % environment.topology.gateways.length];
    if (program.kind === 'ready') running.set(name, startClientProcess(program.command, CLIENTS.filter((client) => client.program === name), settingsFor(node, token)));
  }
  await allLive(0);
}, SETUP_MS);
afterAll(async () => {
  await Promise.all([...running.values()].map((process) => process.stop(0)));
  await environment?.dispose();
});

const present = (): readonly MatrixClient[] => CLIENTS.filter(({ program }) => running.has(program));
const eventsOf = ({ name, program }: MatrixClient): readonly ClientEvent[] => running.get(program)?.events.filter(({ c }) => c === name) ?? [];

async function allLive(sinceMs: number): Promise<void> {
  await awaitCondition(LIMIT_MS, 'every client produces and consumes', async () => present().every((client) => hasEnough(eventsOf(client), sinceMs)));
}

/** From the end of a node until every client goes on: some libraries tell their application that nobody listens. */
const restarts: { readonly fromMs: number; readonly untilMs: number }[] = [];

/** Each node is another process, and whoever was connected to it comes again. */
async function restartNodes(): Promise<void> {
  const fromMs = Date.now();
  for (const { name } of environment.topology.gateways) {
    await signalComponent(environment, name, 'SIGTERM');
    const { exitCode, stderr } = await environment.gwctl(['up']);
    expect(exitCode, stderr).toBe(0);
  }
  await allLive(Date.now());
  restarts.push({ fromMs, untilMs: Date.now() });
}

/** A send that failed, or a client that is over, at any time; anything else that an application was shown while its node was there. */
function errorsOf(events: readonly ClientEvent[]): readonly ClientEvent[] {
  return events.filter((event) => event.e === 'send-failed' || (event.e === 'error' && (event.fatal === true || !restarts.some(({ fromMs, untilMs }) => event.t >= fromMs && event.t <= untilMs))));
}

async function valuesOn(cluster: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const opened = openKafkaCluster(clusterNamed(environment.topology, cluster));
  try {
    return new Map(await Promise.all(CLIENTS.map(async ({ name }) => [name, (await readLog(opened, name)).map(({ value }) => value)] as const)));
  } finally {
    await opened.close();
  }
}

/**
 * Nothing replicates back, so what was written on failover stays there, and what a group has not read of it by then it never reads. Main is as it was when it
 * was left: each group goes on there at its next record.
 */
async function switchBack(): Promise<void> {
  const nodes = environment.topology.gateways.map((node) => httpGatewayAdmin(node, ADMIN));
  const order: SwitchOrder = { runId: 'the-way-back', generation: 3, from: 'failover', to: 'main', leaseMs: LEASE_MS, timeoutMs: 5000 };
  const onAll = async (act: (node: (typeof nodes)[number]) => Promise<unknown>): Promise<void> => void (await Promise.all(nodes.map(act)));
  await onAll((node) => node.prepare(order));
  await onAll((node) => node.drainGroups(order));
  await onAll((node) => node.order('pause', order));
  await onAll((node) => node.order('drain', order));
  const main = clientOn(environment, 'main');
  await commitSwitch(main, order).finally(() => main.close());
  await onAll((node) => node.order('flip', order));
  await onAll((node) => node.order('resume', order));
}

test('clients live through a switch, the way back, and a restart of their node on either cluster: nothing is lost, written twice or refused', async () => {
  const switched = await environment.gwctl(['failover', '--to', 'failover', '--yes', '--wait', '1m']);
  expect(switched.exitCode, switched.stderr).toBe(0);
  const before = await valuesOn('main');
  await allLive(Date.now());
  await restartNodes();
  await switchBack();
  for (const node of ['gateway1', 'gateway2']) expect(await readNodeState(environment, node)).toMatchObject({ active: 'main', generation: 3, phase: 'serving' });
  await allLive(Date.now());
  await restartNodes();

  for (const process of running.values()) process.stopProducers();
  await awaitCondition(LIMIT_MS, 'all producers have stopped', async () => present().every((client) => eventsOf(client).some(({ e }) => e === 'producer-stopped')));
  const [onMain, onFailover] = await Promise.all([valuesOn('main'), valuesOn('failover')]);
  await awaitCondition(LIMIT_MS, 'everything on main is read', async () => present().every((client) => {
    const received = new Set(eventsOf(client).flatMap((event) => (event.e === 'received' ? [event.v] : [])));
    return onMain.get(client.name)?.every((value) => received.has(value)) === true;
  }));
  expect(present().length).toBeGreaterThan(0);
  for (const client of present()) {
    const events = eventsOf(client);
    const first = new Set(before.get(client.name));
    const there = (onFailover.get(client.name) ?? []).filter((value) => !first.has(value));
    const back = (onMain.get(client.name) ?? []).filter((value) => !first.has(value));
    const written = new Map<string, number>();
    for (const value of [...(before.get(client.name) ?? []), ...there, ...back]) written.set(value, (written.get(value) ?? 0) + 1);
    const acknowledged = events.flatMap((event) => (event.e === 'acked' ? [event.v] : []));
    process.stdout.write(`${client.name}: ${acknowledged.length} acknowledged, ${first.size} before the switch, ${there.length} on failover, ${back.length} on main again\n`);
    expect({
      lost: acknowledged.filter((value) => !written.has(value)),
      doubled: [...written].filter(([, count]) => count > 1),
      errors: errorsOf(events),
    }, client.name).toEqual({ lost: [], doubled: [], errors: [] });
    expect(Math.min(first.size, there.length, back.length), client.name).toBeGreaterThan(10);
  }
}, SETUP_MS);
