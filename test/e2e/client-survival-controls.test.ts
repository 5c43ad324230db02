import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openKafkaCluster } from '../../src/adapters/kafka/kafka-cluster.ts';
import { clusterNamed, gatewayNamed } from '../../src/topology/lookup.ts';
import type { ClientEvent } from '../support/client-matrix/client-event.ts';
import { type ClientProcess, type ClientSettings, startClientProcess } from '../support/client-matrix/client-process.ts';
import { forceElections, readLeaders } from '../support/client-matrix/force-elections.ts';
import { isTrueWithin } from '../support/client-matrix/poll.ts';
import { prepareProgram, type PreparedProgram } from '../support/client-matrix/prepare-program.ts';
import { drawUntil, producerIdsOf, skipUsedIds } from '../support/client-matrix/producer-ids.ts';
import { awaitTopics, createTopics, hasEnough, issueToken, readLog, settingsFor, VIRTUAL_CLUSTER } from '../support/client-matrix/run-matrix.ts';
import { startEnvironment, type TestEnvironment } from '../support/environment.ts';

/**
 * What client-matrix.test.ts shows to be alive dies when its guard is off. One switch of one environment shows all four: the guards that are
 * off on the same node do not touch the same client (kafkajs knows no epochs, kcat's librdkafka of 2022 neither).
 */
const OFF = { gateway1: 'epochs,producer-ids', gateway2: 'epochs-request,keep-sockets' } as const;

const SETUP_MS = 400_000;
const START_MS = 60_000;
/** Clients that survive are back within a few seconds of the switch (see the matrix): one that is not within this time is dead. */
const DEAD_MS = 20_000;
const SHOWN_EPOCHS = 'shown-epochs';
const SENT_EPOCHS = 'sent-epochs';
/** Three, because kcat exits only when all its brokers are gone at the same moment, and it connects again at once. */
const CLOSED_SOCKETS = ['closed-sockets-1', 'closed-sockets-2', 'closed-sockets-3'];
const PASSED_IDS = 'passed-ids';
/** The twin of PASSED_IDS, through the node whose guard is on. */
const OWN_IDS = 'own-ids';
const TOPICS = [SHOWN_EPOCHS, SENT_EPOCHS, ...CLOSED_SOCKETS, PASSED_IDS, OWN_IDS];
const toPhysical = (topic: string): string => VIRTUAL_CLUSTER + topic;
/** Records of the old producer before the switch; the new one's batches must reach past it. */
const SENT_BEFORE = 3;
const CANDIDATES = 40;
/** The ids that a gateway makes by itself begin here: no cluster has come so far. */
const FIRST_OWN_ID = 2n ** 61n;
const TWIN_CANDIDATES = 5;

let environment: TestEnvironment;
let gateway1: ClientSettings;
let gateway2: ClientSettings;
let confluent: PreparedProgram;
let kcat: PreparedProgram;
const running = new Map<string, ClientProcess>();
const producers: Producer[] = [];
let oldProducer: Producer;
let oldTwin: Producer;
let oldId: bigint;
let brokerIds: readonly number[];
let switchedAtMs = 0;
let receivedBefore: Readonly<Record<string, number>> = {};

beforeAll(async () => {
  [confluent, kcat] = await Promise.all([prepareProgram('confluent'), prepareProgram('kcat')]);
  // Clients that find the leaders where they were are not in the danger that the guards are for.
  environment = await startEnvironment([], 'failover:\n  alignLeaders: false\n');
  const { topology } = environment;
  for (const [node, guards] of Object.entries(OFF)) await restartWithout(node, guards);
  const credentials = await issueToken(environment);
  gateway1 = settingsFor(gatewayNamed(topology, 'gateway1'), credentials);
  gateway2 = settingsFor(gatewayNamed(topology, 'gateway2'), credentials);
  await createTopics(environment, TOPICS, credentials);
  const [main, failover] = [clusterNamed(topology, 'main'), clusterNamed(topology, 'failover')];
  await awaitTopics(failover, TOPICS.map(toPhysical));
  // Not of kcat's topics: as they are made, each broker leads a partition of them, so that kcat has a connection to every one.
  const elected = [SHOWN_EPOCHS, SENT_EPOCHS].map(toPhysical);
  await forceElections(main, elected, await readLeaders(failover, elected));

  brokerIds = main.brokers.map(({ id }) => id);
  await skipUsedIds(gateway1, brokerIds);
  oldProducer = await idempotentProducer(gateway1);
  oldTwin = await idempotentProducer(gateway2);
  for (let index = 0; index < SENT_BEFORE; index++) {
    await sendOne(oldProducer, PASSED_IDS, `old/p1/${index}`);
    await sendOne(oldTwin, OWN_IDS, `old/p1/${index}`);
  }
  oldId = (await producerIdsOf(main, toPhysical(PASSED_IDS), 0))[0] ?? -1n;

  start(confluent, [SHOWN_EPOCHS], gateway1);
  start(confluent, [SENT_EPOCHS], gateway2);
  start(kcat, CLOSED_SOCKETS, gateway2);
  await isTrueWithin(START_MS, () => [SHOWN_EPOCHS, ...CLOSED_SOCKETS].every((name) => !running.has(name) || hasEnough(eventsOf(name), 0)) && (!running.has(SENT_EPOCHS) || count(SENT_EPOCHS, 'acked') >= 60));
  receivedBefore = Object.fromEntries([...running.keys()].map((name) => [name, count(name, 'received')]));
  const { exitCode, stderr } = await environment.gwctl(['failover', '--to', 'failover', '--yes', '--wait', '2m']);
  if (exitCode !== 0) throw new Error(`gwctl failover: exit ${exitCode}\n${stderr}`);
  switchedAtMs = Date.now();
}, SETUP_MS);

afterAll(async () => {
  await Promise.allSettled([...producers.map((producer) => producer.disconnect()), ...[...new Set(running.values())].map((process) => process.stop(0))]);
  await environment?.dispose();
});

describe('leader epochs are cleared in responses only', () => {
  test('librdkafka sends epoch 0, and its consumer is fenced for ever where the epoch is above it', (context) => {
    if (confluent.kind === 'missing') return context.skip(confluent.reason);
    expect(count(SENT_EPOCHS, 'acked')).toBeGreaterThanOrEqual(60);
    expect(receivedBefore[SENT_EPOCHS]).toBe(0);
  });

  test('and reads again on the cluster whose epoch is 0: it was the epoch', async (context) => {
    if (confluent.kind === 'missing') return context.skip(confluent.reason);
    await expect.poll(() => count(SENT_EPOCHS, 'received'), { timeout: START_MS }).toBeGreaterThan(0);
  });
});

describe('client sockets are closed when a node flips', () => {
  test('kcat exits, at least one of three', async (context) => {
    if (kcat.kind === 'missing') return context.skip(kcat.reason);
    for (const name of CLOSED_SOCKETS) expect(receivedBefore[name]).toBeGreaterThan(0);
    await expect.poll(() => CLOSED_SOCKETS.flatMap(eventsOf).flatMap((event) => (event.e === 'error' && event.fatal === true ? [event.m] : [])), { timeout: START_MS }).toContainEqual(expect.stringContaining('kcat ended'));
  });
});

describe('producer ids of the clusters are passed on', () => {
  test('an acknowledged record is dropped as the duplicate of another producer\'s', async () => {
    const failover = clusterNamed(environment.topology, 'failover');
    expect(oldId).toBeGreaterThan(0n);
    await drawUntil(gateway1, brokerIds, oldId);
    for (let index = 0; index < CANDIDATES && !(await idsAfterSwitch()).includes(oldId); index++) {
      const candidate = await idempotentProducer(gateway1);
      for (let sequence = 0; sequence < SENT_BEFORE + 2; sequence++) await sendOne(candidate, PASSED_IDS, `new${index}/p1/${sequence}`);
    }
    expect(await idsAfterSwitch(), 'no new producer was given the id of the old one').toContain(oldId);

    const value = `old/p1/${SENT_BEFORE}`;
    await sendOne(oldProducer, PASSED_IDS, value); // resolves: acknowledged
    const cluster = openKafkaCluster(failover);
    try {
      const values = (await readLog(cluster, PASSED_IDS)).map((record) => record.value);
      expect(values).toContain(`old/p1/${SENT_BEFORE - 1}`);
      expect(values).not.toContain(value);
    } finally {
      await cluster.close();
    }

    async function idsAfterSwitch(): Promise<readonly bigint[]> {
      // What MirrorMaker copied has its own ids.
      return await producerIdsOf(failover, toPhysical(PASSED_IDS), 0);
    }
  });
});

describe('producer ids are the gateway\'s own, in the same switch', () => {
  test('producers from before and after it have different ids, and every acknowledged record is there', async () => {
    const failover = clusterNamed(environment.topology, 'failover');
    const sent = Array.from({ length: SENT_BEFORE + 1 }, (_, index) => `old/p1/${index}`);
    for (let index = 0; index < TWIN_CANDIDATES; index++) {
      const candidate = await idempotentProducer(gateway2);
      for (let sequence = 0; sequence < SENT_BEFORE + 2; sequence++) {
        sent.push(`new${index}/p1/${sequence}`);
        await sendOne(candidate, OWN_IDS, `new${index}/p1/${sequence}`);
      }
    }
    await sendOne(oldTwin, OWN_IDS, `old/p1/${SENT_BEFORE}`);
    const cluster = openKafkaCluster(failover);
    try {
      expect((await readLog(cluster, OWN_IDS)).map((record) => record.value).sort()).toEqual(sent.sort());
    } finally {
      await cluster.close();
    }
    const ids = new Set((await producerIdsOf(failover, toPhysical(OWN_IDS), 0)).filter((id) => id >= FIRST_OWN_ID));
    // The old one's records of before were copied by MirrorMaker under its id, the one of after was written under its own.
    expect(ids.size).toBe(TWIN_CANDIDATES + 1);
  });
});

test('a name that is no guard keeps a node from starting', async () => {
  const { exitCode, stderr } = await environment.gwctl(['gateway', '--node', 'gateway1'], { env: { GWCTL_TEST_DISABLE: 'epoch' } });
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining('GWCTL_TEST_DISABLE: "epoch" is not a guard (epochs, ') });
});

/** The last one: it waits for what is left of the time. */
describe('leader epochs are shown, and sockets are kept', () => {
  test('librdkafka, which produced before the switch, never does again, and says nothing', async (context) => {
    if (confluent.kind === 'missing') return context.skip(confluent.reason);
    expect(receivedBefore[SHOWN_EPOCHS]).toBeGreaterThan(0);
    expect(await isTrueWithin(switchedAtMs + DEAD_MS - Date.now(), () => eventsOf(SHOWN_EPOCHS).some((event) => event.e === 'acked' && isSentAfter(event.v, SHOWN_EPOCHS)))).toBe(false);
    expect(eventsOf(SHOWN_EPOCHS).filter(({ e }) => e === 'error' || e === 'send-failed')).toEqual([]);
    expect(running.get(SHOWN_EPOCHS)?.hasEnded).toBe(false);
  });
});

async function restartWithout(node: string, guards: string): Promise<void> {
  const file = join(environment.stateDir, 'restart.yaml');
  await writeFile(file, `version: 1\nname: restart\nsteps:\n  - { name: stop, fault: { stop: ${node} } }\n  - { name: start, fault: { start: ${node} } }\n`);
  const { exitCode, stderr } = await environment.gwctl(['drill', file], { env: { GWCTL_TEST_DISABLE: guards } });
  if (exitCode !== 0) throw new Error(`${node} does not start again: exit ${exitCode}\n${stderr}`);
}

function start(prepared: PreparedProgram, names: readonly string[], settings: ClientSettings): void {
  if (prepared.kind === 'missing') return;
  const process = startClientProcess(prepared.command, names.map((name) => ({ name, mode: 'plain' })), settings);
  for (const name of names) running.set(name, process);
}

function eventsOf(name: string): readonly ClientEvent[] {
  return running.get(name)?.events.filter(({ c }) => c === name) ?? [];
}

function count(name: string, kind: ClientEvent['e']): number {
  return eventsOf(name).filter(({ e }) => e === kind).length;
}

function isSentAfter(value: string, name: string): boolean {
  return eventsOf(name).some((event) => event.e === 'sent' && event.v === value && event.t >= switchedAtMs);
}

async function idempotentProducer({ bootstrap, username, token }: ClientSettings): Promise<Producer> {
  const kafka = new Kafka({ brokers: [...bootstrap], logLevel: logLevel.NOTHING, sasl: { mechanism: 'plain', username, password: token } });
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false, createPartitioner: Partitioners.DefaultPartitioner });
  producers.push(producer);
  await producer.connect();
  return producer;
}

async function sendOne(producer: Producer, topic: string, value: string): Promise<void> {
  await producer.send({ topic, acks: -1, messages: [{ value, partition: 0 }] });
}
