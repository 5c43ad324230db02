import { Kafka, logLevel } from 'kafkajs';
import { openKafkaCluster } from '../../../src/adapters/kafka/kafka-cluster.ts';
import { groupBy } from '../../../src/client/group-by.ts';
import type { LoggedRecord } from '../../../src/drill/load/history.ts';
import type { KafkaCluster } from '../../../src/ports/kafka-cluster.ts';
import { clusterNamed } from '../../../src/topology/lookup.ts';
import type { Cluster, GatewayNode } from '../../../src/topology/topology.ts';
import type { TestEnvironment } from '../environment.ts';
import { watchConnections } from './backend-connections.ts';
import type { ClientEvent } from './client-event.ts';
import { type ClientProcess, type ClientSettings, startClientProcess } from './client-process.ts';
import type { MatrixClient, ProgramName } from './client-table.ts';
import { forceElections, type Leaders, readLeaders } from './force-elections.ts';
import { judgeClient, type MatrixRow } from './judge-client.ts';
import { isTrueWithin } from './poll.ts';
import type { PreparedProgram } from './prepare-program.ts';

export const VIRTUAL_CLUSTER = 'teamA';
/** Lines of `gwctl failover` that say what clients will notice. */
const CONCERNS_CLIENTS = /again|did not commit|held/;
const PARTITIONS = 3;
/** Of each client. */
export const RATE_PER_SECOND = 10;
/** Acknowledged and received by each client before the switch, and again after it. */
const ENOUGH = 30;
const START_MS = 60_000;
/** New topics make MirrorMaker give its tasks out anew, which takes a busy machine half a minute; and the switch itself. */
const SWITCH_MS = 240_000;
const RECOVERY_MS = 60_000;
const FLUSH_MS = 30_000;
const DRAIN_MS = 45_000;
const EXIT_MS = 15_000;

export interface MatrixResult {
  readonly rows: readonly MatrixRow[];
  readonly leaders: { readonly main: Leaders; readonly failover: Leaders };
  readonly failover: { readonly exitCode: number; readonly stderr: string; readonly durationMs: number };
  /** Last lines of each program that were no events. */
  readonly chatter: ReadonlyMap<ProgramName, readonly string[]>;
  readonly looks: number;
}

/** All clients at once across one `gwctl failover`, and what each of them went through. Says on `tell` where it is. */
export async function runMatrix(environment: TestEnvironment, clients: readonly MatrixClient[], programs: ReadonlyMap<ProgramName, PreparedProgram>, tell: (line: string) => void): Promise<MatrixResult> {
  const main = clusterNamed(environment.topology, 'main');
  const failover = clusterNamed(environment.topology, 'failover');
  const token = await issueToken(environment);
  const names = clients.flatMap<string>((client) => [...topicsOf(client)]);
  await createTopics(environment, names, token);
  const physical = names.map((name) => VIRTUAL_CLUSTER + name);
  await awaitTopics(failover, physical);
  await forceElections(main, physical, await readLeaders(failover, physical));
  const leaders = { main: await readLeaders(main, physical), failover: await readLeaders(failover, physical) };
  tell(`${names.length} topics, leader epochs ${epochRange(leaders.main)} on main and ${epochRange(leaders.failover)} on failover`);

  const watch = watchConnections(new Set([main, failover].flatMap(({ brokers }) => brokers.flatMap(({ port, controllerPort }) => [port, controllerPort]))));
  const running = new Map<ProgramName, ClientProcess>();
  try {
    const byProgram = groupBy(clients, ({ program }) => program);
    let turn = 0;
    for (const [program, those] of byProgram) {
      const prepared = programs.get(program);
      if (prepared?.kind !== 'ready') continue;
      const node = environment.topology.gateways[turn++ % environment.topology.gateways.length];
      const process = startClientProcess(prepared.command, those, settingsFor(node, token));
      watch.watch(process.pid);
      running.set(program, process);
    }
    const present = clients.filter(({ program }) => running.has(program));
    const eventsOf = (client: MatrixClient): readonly ClientEvent[] => running.get(client.program)?.events.filter(({ c }) => c === client.name) ?? [];
    const awaitAll = async (sinceMs: number, limitMs: number): Promise<void> => {
      await isTrueWithin(limitMs, () => present.every((client) => isOver(eventsOf(client)) || hasEnough(eventsOf(client), sinceMs)));
    };

    await awaitAll(0, START_MS);
    tell(`before the switch ${present.filter((client) => hasEnough(eventsOf(client), 0)).length} of ${present.length} clients produce and consume`);
    const startedAtMs = Date.now();
    const { exitCode, stderr } = await environment.gwctl(['failover', '--to', 'failover', '--yes', '--wait', '2m'], { timeoutMs: SWITCH_MS });
    const switchedAtMs = Date.now();
    tell(`gwctl failover: exit code ${exitCode} after ${switchedAtMs - startedAtMs} ms`);
    for (const line of stderr.split('\n').filter((text) => CONCERNS_CLIENTS.test(text))) tell(`gwctl failover: ${line.trim()}`);
    await awaitAll(switchedAtMs, RECOVERY_MS);
    const alive = new Set(present.filter((client) => hasEnough(eventsOf(client), switchedAtMs)));
    tell(`${Date.now() - switchedAtMs} ms later ${alive.size} of ${present.length} clients produce and consume`);

    for (const process of running.values()) process.stopProducers();
    const all = (isSettled: (events: readonly ClientEvent[]) => boolean): boolean => present.every((client) => !alive.has(client) || isSettled(eventsOf(client)));
    await isTrueWithin(FLUSH_MS, () => all((events) => events.some(({ e }) => e === 'producer-stopped')));
    await isTrueWithin(DRAIN_MS, () => all(hasReceivedAll));
    await Promise.all([...running.values()].map((process) => process.stop(EXIT_MS)));
    tell('all stopped');

    const cluster = openKafkaCluster(failover);
    try {
      const rows = await Promise.all(present.map(async (client) => {
        const [topic = '', out] = topicsOf(client);
        const logs = { out: await readLog(cluster, out ?? topic), in: out === undefined ? [] : await readLog(cluster, topic) };
        return judgeClient(client, eventsOf(client), logs, { isAlive: alive.has(client), leadersMove: !environment.topology.failover.alignLeaders, backendPorts: watch.seen(running.get(client.program)?.pid ?? -1) });
      }));
      return { rows, leaders, failover: { exitCode, stderr, durationMs: switchedAtMs - startedAtMs }, chatter: new Map([...running].map(([name, { chatter }]) => [name, chatter])), looks: watch.samples };
    } finally {
      await cluster.close();
    }
  } finally {
    await watch.stop();
    await Promise.all([...running.values()].map((process) => process.stop(0)));
  }
}

/** Username and password of SASL/PLAIN, good on every node. */
export interface Credentials {
  readonly username: string;
  readonly token: string;
}

export async function issueToken(environment: TestEnvironment): Promise<Credentials> {
  const { exitCode, stdout, stderr } = await environment.gwctl(['vcluster', 'token', VIRTUAL_CLUSTER, '-o', 'json']);
  if (exitCode !== 0) throw new Error(`gwctl vcluster token: exit ${exitCode}\n${stderr}`);
  return JSON.parse(stdout) as Credentials;
}

export function settingsFor(node: GatewayNode | undefined, { username, token }: Credentials): ClientSettings {
  if (node === undefined) throw new Error('the topology has no gateway');
  return { bootstrap: node.ports.map(({ port }) => `${node.advertisedHost}:${port}`), username, token, partitions: PARTITIONS, ratePerSecond: RATE_PER_SECOND };
}

export async function createTopics(environment: TestEnvironment, names: readonly string[], { username, token }: Credentials): Promise<void> {
  const { bootstrap } = settingsFor(environment.topology.gateways[0], { username, token });
  const admin = new Kafka({ brokers: [...bootstrap], logLevel: logLevel.NOTHING, sasl: { mechanism: 'plain', username, password: token } }).admin();
  await admin.connect();
  try {
    // kafkajs gives up waiting for leaders when it asks a broker that does not know the topic yet; `awaitTopics` waits for all of them.
    await admin.createTopics({ topics: names.map((topic) => ({ topic, numPartitions: PARTITIONS, replicationFactor: 3 })), waitForLeaders: false });
  } finally {
    await admin.disconnect();
  }
}

/** MirrorMaker looks for new topics every two seconds. */
export async function awaitTopics(cluster: Cluster, physical: readonly string[]): Promise<void> {
  const client = openKafkaCluster(cluster);
  try {
    const missing = async (): Promise<string[]> => {
      const present = new Map((await client.describe()).topics.map(({ name, partitions }) => [name, partitions]));
      return physical.filter((name) => present.get(name)?.length !== PARTITIONS || present.get(name)?.some(({ leader }) => leader < 0));
    };
    if (!(await isTrueWithin(START_MS, async () => (await missing()).length === 0))) throw new Error(`${cluster.name} has not got ${(await missing()).join(', ')}`);
  } finally {
    await client.close();
  }
}

/** `prefix`: of its physical name. */
export async function readLog(cluster: KafkaCluster, topic: string, prefix = VIRTUAL_CLUSTER): Promise<readonly LoggedRecord[]> {
  const parts = await Promise.all(
    Array.from({ length: PARTITIONS }, async (_, partition) => {
      const records = await cluster.readRecords({ topic: prefix + topic, partition }, 0n, Number.MAX_SAFE_INTEGER);
      return records.map(({ offset, value }) => ({ partition, offset, value: value?.toString('utf8') ?? '' }));
    }),
  );
  return parts.flat();
}

/** A transactional client copies from the first to the second. */
export function topicsOf({ name, isTransactional }: MatrixClient): readonly [string] | readonly [string, string] {
  return isTransactional ? [name, `${name}-out`] : [name];
}

/** ENOUGH records that were sent since then are acknowledged, and as many received. */
export function hasEnough(events: readonly ClientEvent[], sinceMs: number): boolean {
  const sent = new Set<string>();
  const acked = new Set<string>();
  const received = new Set<string>();
  for (const event of events) {
    if (event.s !== undefined) continue;
    if (event.e === 'sent' && event.t >= sinceMs) sent.add(event.v);
    else if (event.e === 'acked' && sent.has(event.v)) acked.add(event.v);
    else if (event.e === 'received' && sent.has(event.v)) received.add(event.v);
  }
  return acked.size >= ENOUGH && received.size >= ENOUGH;
}

/** In each stage: a transactional client is done when what its feed was acknowledged is copied and read. */
export function hasReceivedAll(events: readonly ClientEvent[]): boolean {
  const received = new Set(events.flatMap((event) => (event.e === 'received' ? [`${event.s ?? ''} ${event.v}`] : [])));
  const isTransactional = events.some(({ s }) => s === 'in');
  return events.every((event) => event.e !== 'acked' || (received.has(`${event.s ?? ''} ${event.v}`) && (!isTransactional || received.has(` ${event.v}`))));
}

/** Nobody waits for a client that has said so itself. */
function isOver(events: readonly ClientEvent[]): boolean {
  return events.some((event) => event.e === 'error' && event.fatal === true);
}

function epochRange(leaders: Leaders): string {
  const epochs = [...leaders.values()].map(({ epoch }) => epoch);
  return `${Math.min(...epochs)} to ${Math.max(...epochs)}`;
}
