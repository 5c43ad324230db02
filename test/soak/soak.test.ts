import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPidFile } from '../../src/adapters/runtime/pid-file.ts';
import { systemClock } from '../../src/adapters/clock/system-clock.ts';
import { openKafkaCluster } from '../../src/adapters/kafka/kafka-cluster.ts';
import { checkHistory } from '../../src/drill/load/history-checker.ts';
import { runLoad, type RunningLoad } from '../../src/drill/load/run-load.ts';
import { clusterNamed } from '../../src/topology/lookup.ts';
import type { ClientEvent } from '../support/client-matrix/client-event.ts';
import { startClientProcess, type ClientProcess } from '../support/client-matrix/client-process.ts';
import { MATRIX_CLIENTS, type MatrixClient } from '../support/client-matrix/client-table.ts';
import { judgeClient } from '../support/client-matrix/judge-client.ts';
import { isTrueWithin } from '../support/client-matrix/poll.ts';
import { prepareProgram } from '../support/client-matrix/prepare-program.ts';
import { awaitTopics, createTopics, hasEnough, hasReceivedAll, issueToken, RATE_PER_SECOND, readLog, settingsFor, VIRTUAL_CLUSTER } from '../support/client-matrix/run-matrix.ts';
import { startEnvironment, type TestEnvironment } from '../support/environment.ts';
import { clientThrough, kafkaThrough } from '../support/service-account.ts';
import { adminsOf, disturb } from './disturb.ts';
import { inFlightDuring, JUDGED, problemsOf, type Judged } from './judge-soak.ts';
import { startManyClients, type ManyClients } from './many-clients.ts';
import { judgeMemory, processesOf, residentMib, type MemorySample } from './memory.ts';
import { planDisturbances } from './timeline.ts';

/** tools/run-soak.mjs sets these. */
const DURATION_MS = Number(process.env['GWCTL_SOAK_SECONDS'] ?? 600) * 1000;
const CONNECTIONS = Number(process.env['GWCTL_SOAK_CONNECTIONS'] ?? 2000);
const CONFIG = 'gateways:\n  gateway1: { workers: 2 }\n  gateway2: { workers: 2 }\n';
const LOAD = { name: 'soak', topic: 'soak', partitions: 3, producers: 20, ratePerSecond: 200, group: 'g-soak', consumers: 4, isIdempotent: true };
/** One of each library that numbers its batches; with the transactional ones, whose coordinator and leaders are behind different workers. */
const PROGRAMS = ['java-4.3.1', 'confluent'] as const;
const CLIENTS = new Set(['java43-cooperative', 'java43-transactional', 'librdkafka-idempotent', 'librdkafka-transactional']);
const PRINT_EVERY_MS = 30_000;
const SAMPLE_EVERY_MS = 2000;
const RECOVERY_MS = 60_000;
const DRAIN_MS = 120_000;
const EXIT_MS = 15_000;
/** For everything before and after: programs are built, six brokers started, logs read. */
const MARGIN_MS = 1_200_000;
const NOTHING: ReadonlySet<string> = new Set();

let environment: TestEnvironment;
const programs: { readonly process: ClientProcess; readonly clients: readonly MatrixClient[] }[] = [];
let many: ManyClients | undefined;
let load: RunningLoad | undefined;
const startedMs = performance.now();

beforeAll(async () => {
  const prepared = await Promise.all(PROGRAMS.map(async (name) => [name, await prepareProgram(name)] as const));
  environment = await startEnvironment([], CONFIG);
  const token = await issueToken(environment);
  const clients = MATRIX_CLIENTS.filter(({ name }) => CLIENTS.has(name));
  const topics = [LOAD.topic, ...clients.flatMap(({ name, isTransactional }) => (isTransactional ? [name, `${name}-out`] : [name]))];
  await createTopics(environment, topics, token);
  await awaitTopics(clusterNamed(environment.topology, 'failover'), topics.map((topic) => VIRTUAL_CLUSTER + topic));
  for (const [index, [name, program]] of prepared.entries()) {
    if (program.kind === 'missing') {
      say(`left out: ${program.reason}`);
      continue;
    }
    const those = clients.filter((client) => client.program === name);
    programs.push({ process: startClientProcess(program.command, those, settingsFor(environment.topology.gateways[index % 2], token)), clients: those });
  }
  load = await runLoad(LOAD, VIRTUAL_CLUSTER, environment.topology.gateways.map(({ name }) => kafkaThrough(environment, name, token.token, token.username)), systemClock);
  const bootstraps = environment.topology.gateways.flatMap(({ ports, advertisedHost }) => ports.map(({ port }) => `${advertisedHost}:${port}`));
  many = await startManyClients(bootstraps, token, CONNECTIONS);
}, MARGIN_MS);
afterAll(async () => {
  await many?.stop();
  await Promise.all(programs.map(({ process: program }) => program.stop(0)));
  // A soak that failed half-way has not stopped them.
  await load?.stopConsumers();
  await environment?.dispose();
}, MARGIN_MS);

function say(line: string): void {
  process.stdout.write(`${((performance.now() - startedMs) / 1000).toFixed(0).padStart(5)} s  ${line}\n`);
}

function eventsOf({ name }: MatrixClient): readonly ClientEvent[] {
  return programs.flatMap(({ process: program, clients }) => (clients.some((client) => client.name === name) ? program.events.filter(({ c }) => c === name) : []));
}

test(`${CONNECTIONS} connections and clients of three libraries live through ${DURATION_MS / 1000} s of pauses, kills and a switch`, async () => {
  if (load === undefined || many === undefined) throw new Error('not started');
  const { recording } = load;
  const nodes = await Promise.all(environment.topology.gateways.map(async ({ name }) => ({ name, pid: (await readPidFile(join(environment.dir, name, 'pid.json')))?.pid ?? 0, samples: [] as MemorySample[] })));
  const pidOf = (gateway: string): number => nodes.find(({ name }) => name === gateway)?.pid ?? 0;
  const admins = adminsOf(environment);
  const beginMs = performance.now();
  const elapsedMs = (): number => performance.now() - beginMs;
  const acknowledged = (): number => recording.sent.filter(({ acknowledgedAtMs }) => acknowledgedAtMs !== undefined).length;
  const measure = (): void => nodes.forEach(({ pid, samples }) => void samples.push({ atMs: elapsedMs(), mib: residentMib(processesOf(pid)) }));
  const print = async (): Promise<void> => {
    const states = await Promise.all(admins.map((admin) => admin.state().catch(() => undefined)));
    const sum = (of: 'connections' | 'heldWrites'): number => states.reduce((total, state) => total + (state?.[of] ?? 0), 0);
    const memory = nodes.map(({ name, samples }) => `${name} ${samples.at(-1)?.mib.map(Math.round).join(' + ') ?? '?'} MiB`).join(', ');
    say(`${sum('connections')} connections alive, ${acknowledged()} acknowledged, ${sum('heldWrites')} writes held, ${memory}, ${states.map((state) => `${state?.active ?? '?'}`).join('/')}`);
  };
  const sampling = setInterval(measure, SAMPLE_EVERY_MS);
  const printing = setInterval(() => void print(), PRINT_EVERY_MS);
  const ends: number[] = [];
  let brokerKill = { fromMs: Infinity, toMs: -Infinity };
  try {
    await print();
    for (const { atMs, what } of planDisturbances(DURATION_MS)) {
      await isTrueWithin(Math.max(0, atMs - elapsedMs()), () => elapsedMs() >= atMs);
      const fromMs = Date.now();
      say(await disturb(what, environment, pidOf));
      ends.push(Date.now());
      if (what === 'kill-broker') brokerKill = { fromMs, toMs: Date.now() };
    }
    await isTrueWithin(Math.max(0, DURATION_MS - elapsedMs()), () => elapsedMs() >= DURATION_MS);
  } finally {
    clearInterval(sampling);
    clearInterval(printing);
  }
  await print();
  const last = ends.at(-1) ?? 0;

  // Alive: everybody has done something since the last disturbance.
  const everyone = programs.flatMap(({ clients }) => clients);
  await isTrueWithin(RECOVERY_MS, () => everyone.every((client) => hasEnough(eventsOf(client), last)));
  const mute = everyone.filter((client) => !hasEnough(eventsOf(client), last)).map(({ name }) => name);
  let report = await many.report();
  await isTrueWithin(RECOVERY_MS, async () => (report = await (many as ManyClients).report()).silent === 0);
  for (const client of everyone) if (mute.includes(client.name)) say(`${client.name} is mute; its last events: ${eventsOf(client).slice(-3).map((event) => JSON.stringify(event)).join(' ')}`);
  const token = await issueToken(environment);
  const through = clientThrough(environment, 'gateway1', token.token, token.username);
  let [group] = await through.describeGroups([LOAD.group]);
  // One that was in the middle of a rebalance waits before it tries again.
  await isTrueWithin(RECOVERY_MS, async () => ([group] = await through.describeGroups([LOAD.group]))[0]?.members.length === LOAD.consumers);
  through.close();
  const lastClockMs = systemClock.elapsedMs() - (Date.now() - last);
  const producing = new Set(recording.sent.filter(({ acknowledgedAtMs = -1 }) => acknowledgedAtMs > lastClockMs).map(({ producer }) => producer)).size;
  say(`${report.clients} connections: ${report.answered} requests answered, ${report.failed} failed and were asked again, ${report.silent} silent${report.problems.map(([message, count]) => `; ${count} x ${message}`).join('')}`);
  say(`${producing} of ${LOAD.producers} producers write, the group has ${group?.members.length ?? 0} of ${LOAD.consumers} members (${group?.groupState ?? '?'}), ${everyone.length - mute.length} of ${everyone.length} clients of other libraries produce and consume`);

  await load.stopProducers();
  for (const { process: program } of programs) program.stopProducers();
  await isTrueWithin(DRAIN_MS, () => (load as RunningLoad).undelivered() === 0);
  await isTrueWithin(DRAIN_MS, () => everyone.every((client) => mute.includes(client.name) || (eventsOf(client).some(({ e }) => e === 'producer-stopped') && hasReceivedAll(eventsOf(client)))));
  await load.stopConsumers();
  await Promise.all(programs.map(({ process: program }) => program.stop(EXIT_MS)));

  const cluster = openKafkaCluster(clusterNamed(environment.topology, 'failover'));
  const judged = new Map<string, Judged>();
  try {
    const log = await readLog(cluster, LOAD.topic);
    judged.set('kafkajs', { verdict: checkHistory({ ...recording, log }), log, ratePerSecond: LOAD.ratePerSecond, mayBeTwice: NOTHING });
    for (const client of everyone) {
      const logs = { out: await readLog(cluster, client.isTransactional ? `${client.name}-out` : client.name), in: client.isTransactional ? await readLog(cluster, client.name) : [] };
      const { verdict, feed, errors } = judgeClient(client, eventsOf(client), logs, { isAlive: true, backendPorts: [] });
      const mayBeTwice = client.program === 'confluent' ? inFlightDuring(eventsOf(client).filter(({ s }) => (s === 'in') === client.isTransactional), brokerKill) : NOTHING;
      judged.set(client.name, { verdict, log: logs.out, ratePerSecond: RATE_PER_SECOND, mayBeTwice: client.isTransactional ? NOTHING : mayBeTwice });
      if (feed !== undefined) judged.set(`${client.name} (feed)`, { verdict: feed, log: logs.in, ratePerSecond: RATE_PER_SECOND, mayBeTwice });
      if (errors.length > 0) say(`${client.name} was shown ${errors.length} errors: ${errors.slice(0, 3).join(' | ')}`);
    }
  } finally {
    await cluster.close();
  }
  for (const [name, { verdict }] of judged) {
    say(`${name}: ${verdict.acknowledged} acknowledged, ${JUDGED.map((what) => `${verdict[what].count} ${what}`).join(', ')}, ${verdict.redelivered} redelivered, ${verdict.errors} errors, longest gap ${Math.round(verdict.longestAckGapMs)} ms`);
  }
  for (const [message, count] of countBy(recording.errors.map(({ client, message: text }) => `${client}: ${text}`))) say(`${count} x ${message}`);
  const file = process.env['SOAK_JSON'];
  if (file !== undefined) writeFileSync(file, JSON.stringify({ beginMs, sent: recording.sent, errors: recording.errors, lost: judged.get('kafkajs')?.verdict.lost, clients: Object.fromEntries(everyone.map((client) => [client.name, eventsOf(client)])), chatter: programs.map(({ process: { chatter } }) => chatter) }));
  const memory = nodes.map(({ name, samples }) => ({ name, ...judgeMemory(samples, DURATION_MS) }));
  for (const { name, secondMib, lastMib, isFlat } of memory) say(`memory of ${name}: ${Math.round(secondMib)} MiB in the second third, ${Math.round(lastMib)} MiB in the last: ${isFlat ? 'flat' : 'it grows'}`);

  expect.soft(report, 'clients with a connection each').toMatchObject({ clients: CONNECTIONS, silent: 0 });
  expect.soft(mute, 'clients that do not produce and consume any more').toEqual([]);
  expect.soft({ producing, members: group?.members.length }).toEqual({ producing: LOAD.producers, members: LOAD.consumers });
  for (const [name, one] of judged) {
    expect.soft(problemsOf(one), name).toEqual([]);
    expect.soft(one.verdict.acknowledged, name).toBeGreaterThan(0);
  }
  expect.soft(memory.filter(({ isFlat }) => !isFlat), 'memory that grows').toEqual([]);
}, DURATION_MS + MARGIN_MS);

function countBy(values: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
