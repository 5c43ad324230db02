import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/adapters/clock/system-clock.ts';
import { openKafkaCluster } from '../../src/adapters/kafka/kafka-cluster.ts';
import { openOnCluster } from '../../src/drill/clients/open-kafka.ts';
import { checkHistory } from '../../src/drill/load/history-checker.ts';
import { runLoad, type RunningLoad } from '../../src/drill/load/run-load.ts';
import { clusterNamed } from '../../src/topology/lookup.ts';
import type { ClientEvent } from '../support/client-matrix/client-event.ts';
import { startClientProcess, type ClientProcess, type ClientSettings } from '../support/client-matrix/client-process.ts';
import { MATRIX_CLIENTS, type MatrixClient } from '../support/client-matrix/client-table.ts';
import { judgeClient } from '../support/client-matrix/judge-client.ts';
import { isTrueWithin } from '../support/client-matrix/poll.ts';
import { prepareProgram } from '../support/client-matrix/prepare-program.ts';
import { createTopics, hasEnough, hasReceivedAll, issueToken, RATE_PER_SECOND, readLog, settingsFor, topicsOf, VIRTUAL_CLUSTER } from '../support/client-matrix/run-matrix.ts';
import { startEnvironment, type TestEnvironment } from '../support/environment.ts';
import { clientOn, kafkaThrough } from '../support/service-account.ts';
import { killBroker } from './disturb.ts';
import { inFlightDuring, JUDGED, problemsOf, type Judged } from './judge-soak.ts';

// The control of the soak: the same clients at the same time through the gateway and on the brokers themselves, while one broker after the other is
// killed and comes back. What only shows through the gateway is the gateway's. What the others go through is printed, and judged by nobody.

const LOAD = { topic: 'soak', partitions: 3, producers: 10, ratePerSecond: 100, consumers: 2, isIdempotent: true };
const NAMES = new Set(['java43-cooperative', 'java43-transactional', 'librdkafka-idempotent', 'librdkafka-transactional']);
/** What goes wrong at a kill does so now and then. */
const COPIES = 3;
const KILLS = [2, 3, 1];
const CALM_MS = 60_000;
const DRAIN_MS = 60_000;
const EXIT_MS = 15_000;
const LIMIT_MS = 1_200_000;

interface Way {
  readonly name: 'gateway' | 'brokers';
  /** Of its topics on the brokers. */
  readonly prefix: string;
  readonly programs: readonly { readonly process: ClientProcess; readonly clients: readonly MatrixClient[] }[];
  readonly load: RunningLoad;
}

let environment: TestEnvironment;
const ways: Way[] = [];
const clients = MATRIX_CLIENTS.filter(({ name }) => NAMES.has(name)).flatMap((client) => Array.from({ length: COPIES }, (_, copy) => ({ ...client, name: `${client.name}-${copy}` })));

beforeAll(async () => {
  const names = [...new Set(clients.map(({ program }) => program))];
  const prepared = new Map(await Promise.all(names.map(async (name) => [name, await prepareProgram(name)] as const)));
  environment = await startEnvironment([], 'gateways:\n  gateway1: { workers: 2 }\n');
  const token = await issueToken(environment);
  const main = clusterNamed(environment.topology, 'main');
  const topics = [LOAD.topic, ...clients.flatMap((client) => [...topicsOf(client)])];
  await createTopics(environment, topics, token);
  const cluster = clientOn(environment, 'main');
  await cluster.createTopics(topics.map((name) => ({ name, partitions: LOAD.partitions, replicationFactor: 3, configs: {} }))).finally(() => cluster.close());
  const bare: ClientSettings = { bootstrap: main.brokers.map(({ host, port }) => `${host}:${port}`), username: '', token: '', partitions: LOAD.partitions, ratePerSecond: RATE_PER_SECOND };
  for (const { name, prefix, settings, kafka } of [
    { name: 'gateway', prefix: VIRTUAL_CLUSTER, settings: settingsFor(environment.topology.gateways[0], token), kafka: kafkaThrough(environment, 'gateway1', token.token, token.username) },
    { name: 'brokers', prefix: '', settings: bare, kafka: openOnCluster(main) },
  ] as const) {
    const programs = names.flatMap((program) => {
      const ready = prepared.get(program);
      const those = clients.filter((client) => client.program === program);
      return ready?.kind === 'ready' ? [{ process: startClientProcess(ready.command, those, settings), clients: those }] : [];
    });
    ways.push({ name, prefix, programs, load: await runLoad({ ...LOAD, name, group: `g-${name}` }, '', [kafka], systemClock) });
  }
}, LIMIT_MS);
afterAll(async () => {
  await Promise.all(ways.flatMap(({ programs }) => programs.map(({ process: program }) => program.stop(0))));
  await Promise.all(ways.map(({ load }) => load.stopConsumers()));
  await environment?.dispose();
}, LIMIT_MS);

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function eventsOf({ programs }: Way, { name }: MatrixClient): readonly ClientEvent[] {
  return programs.flatMap(({ process: program }) => program.events.filter(({ c }) => c === name));
}

test(`brokers die ${KILLS.length} times: what clients go through behind the gateway is no worse than on the brokers`, async () => {
  const mute = (way: Way, sinceMs: number): readonly string[] => way.programs.flatMap((program) => program.clients.filter((client) => !hasEnough(eventsOf(way, client), sinceMs)).map(({ name }) => name));
  const windows: { readonly fromMs: number; readonly toMs: number }[] = [];
  await isTrueWithin(CALM_MS, () => ways.every((way) => mute(way, 0).length === 0));
  for (const id of KILLS) {
    const fromMs = Date.now();
    say(await killBroker(environment, { name: `main-${id}`, id }));
    windows.push({ fromMs, toMs: Date.now() });
    await isTrueWithin(CALM_MS, () => ways.every((way) => mute(way, windows.at(-1)?.toMs ?? 0).length === 0));
    for (const way of ways) say(`  ${way.name}: ${mute(way, windows.at(-1)?.toMs ?? 0).join(', ') || 'nobody'} is mute`);
  }
  const muteAtEnd = new Map(ways.map((way) => [way.name, mute(way, windows.at(-1)?.toMs ?? 0)]));
  for (const { load, programs } of ways) {
    for (const { process: program } of programs) program.stopProducers();
    await load.stopProducers();
  }
  await isTrueWithin(DRAIN_MS, () => ways.every((way) => way.load.undelivered() === 0 && way.programs.every((program) => program.clients.every((client) => muteAtEnd.get(way.name)?.includes(client.name) || hasReceivedAll(eventsOf(way, client))))));

  const cluster = openKafkaCluster(clusterNamed(environment.topology, 'main'));
  try {
    for (const way of ways) {
      await way.load.stopConsumers();
      await Promise.all(way.programs.map(({ process: program }) => program.stop(EXIT_MS)));
      const judged = new Map<string, Judged>();
      const log = await readLog(cluster, LOAD.topic, way.prefix);
      judged.set('kafkajs', { verdict: checkHistory({ ...way.load.recording, log }), log, ratePerSecond: LOAD.ratePerSecond, mayBeTwice: new Set() });
      for (const client of way.programs.flatMap((program) => program.clients)) {
        const events = eventsOf(way, client);
        const [topic, out] = topicsOf(client);
        const logs = { out: await readLog(cluster, out ?? topic, way.prefix), in: out === undefined ? [] : await readLog(cluster, topic, way.prefix) };
        const { verdict, feed } = judgeClient(client, events, logs, { isAlive: true, backendPorts: [] });
        const plain = events.filter(({ s }) => (s === 'in') === client.isTransactional);
        const mayBeTwice = client.program === 'confluent' ? new Set(windows.flatMap((window) => [...inFlightDuring(plain, window)])) : new Set<string>();
        judged.set(client.name, { verdict, log: logs.out, ratePerSecond: RATE_PER_SECOND, mayBeTwice: client.isTransactional ? new Set() : mayBeTwice });
        if (feed !== undefined) judged.set(`${client.name} (feed)`, { verdict: feed, log: logs.in, ratePerSecond: RATE_PER_SECOND, mayBeTwice });
      }
      for (const [name, one] of judged) {
        say(`${way.name} ${name}: ${one.verdict.acknowledged} acknowledged, ${JUDGED.map((what) => `${one.verdict[what].count} ${what}`).join(', ')}, ${one.verdict.redelivered} redelivered, ${one.verdict.errors} errors`);
        expect.soft(one.verdict.acknowledged, `${way.name} ${name}`).toBeGreaterThan(0);
        if (way.name === 'gateway') expect.soft(problemsOf(one), name).toEqual([]);
      }
    }
  } finally {
    await cluster.close();
  }
  expect.soft(muteAtEnd.get('gateway'), 'clients that do not produce and consume any more').toEqual([]);
}, LIMIT_MS);
