import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KafkaClient } from '../../src/client/kafka-client.ts';
import type { RunEvent } from '../../src/engine/run-event.ts';
import { createDice } from '../model/schedule.ts';
import { awaitReady } from '../support/await-ready.ts';
import { ONE_BROKER_EACH, startEnvironment, type TestEnvironment } from '../support/environment.ts';
import type { ShownPosition } from '../support/group-positions.ts';
import { awaitCondition } from '../support/kill-lab.ts';
import { clientOn, clientThrough, issueToken } from '../support/service-account.ts';

/** GWCTL_GROUPS, GWCTL_GROUP_TOPICS: how many groups, and over how many topics of 10 partitions they are spread. */
const GROUPS = Number(process.env['GWCTL_GROUPS'] ?? 300);
const TOPICS = Number(process.env['GWCTL_GROUP_TOPICS'] ?? 1);
const PARTITIONS = 10;
const RECORDS = 200;
const READY_MS = 120_000;
/** Producers wait for it. Written while they wait, these positions took 3.2 s (two busy cores); written before, it takes 0.1 s to see that they are there. */
const MOVE_MS = 1500;

const topicOf = (index: number): string => `many${index % TOPICS}`;
let environment: TestEnvironment;
let main: KafkaClient;
let failover: KafkaClient;
const committed = new Map<string, number>();

beforeAll(async () => {
  environment = await startEnvironment([], ONE_BROKER_EACH);
  const through = clientThrough(environment, 'gateway1', await issueToken(environment, 'gateway1', 'teamA'));
  [main, failover] = [clientOn(environment, 'main'), clientOn(environment, 'failover')];
  await through.createTopics(Array.from({ length: TOPICS }, (_, index) => ({ name: topicOf(index), partitions: PARTITIONS, replicationFactor: 1 })));
  for (let index = 0; index < TOPICS * PARTITIONS; index++) {
    const partition = index % PARTITIONS;
    await through.produce(topicOf(Math.floor(index / PARTITIONS)), partition, Array.from({ length: RECORDS }, (_, nth) => ({ key: null, value: Buffer.from(`${partition} ${nth}`) })));
  }
  through.close();
  const dice = createDice(1);
  await Promise.all(Array.from({ length: GROUPS }, async (_, index) => {
    const group = `teamAgroup-${index}`;
    const topic = `teamA${topicOf(index)}`;
    const offsets = Array.from({ length: PARTITIONS }, (__, partition) => ({ topic, partition, offset: BigInt(dice(RECORDS + 1)) }));
    for (const { partition, offset } of offsets) committed.set(`${group} ${topic} ${partition}`, Number(offset));
    await main.offsetCommit(group, offsets, { timeoutMs: READY_MS });
  }));
  for (let index = 0; index < TOPICS * PARTITIONS; index++) await awaitCondition(READY_MS, 'MirrorMaker has copied every record', async () => (await readAll(`teamA${topicOf(Math.floor(index / PARTITIONS))}`, index % PARTITIONS).catch(() => [])).length === RECORDS);
  await awaitReady(environment.gwctl, READY_MS);
}, 400_000);
afterAll(async () => {
  main?.close();
  failover?.close();
  await environment?.dispose();
});

test(`gwctl groups knows the place of ${GROUPS} groups in ${PARTITIONS} partitions each`, async () => {
  const startedMs = performance.now();
  const { exitCode, stdout, stderr } = await environment.gwctl(['groups', '-o', 'json']);
  expect(exitCode, stderr).toBe(0);
  const { positions } = JSON.parse(stdout) as { positions: ShownPosition[] };
  process.stdout.write(`gwctl groups: ${positions.length} positions of ${GROUPS} groups in ${TOPICS} topics, ${Math.round(performance.now() - startedMs)} ms\n`);
  expect(positions.length).toBe(GROUPS * PARTITIONS);
  expect(positions.filter(({ basis }) => basis !== 'exact')).toEqual([]);
});

test('a switch writes them while writes are held, and each goes on at exactly its next record', async () => {
  const { exitCode, stdout, stderr } = await environment.gwctl(['failover', '--to', 'failover', '--yes', '--wait', '1m', '-o', 'json']);
  expect(exitCode, stderr).toBe(0);
  const events = stdout.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as RunEvent | { readonly type: 'result'; readonly writePauseMs: number }] : []));
  const started = events.find((event) => event.type === 'run-started');
  const tookMs = (kind: string): number => events.flatMap((event) => (event.type === 'step-done' && started?.plan.steps[event.index]?.kind === kind ? [event.durationMs] : []))[0] ?? -1;
  const result = events.find((event) => event.type === 'result');
  process.stdout.write(`the switch: translate-groups ${tookMs('translate-groups')} ms before the pause, move-groups ${tookMs('move-groups')} ms in it, pause ${result?.writePauseMs ?? '?'} ms\n`);
  expect(events.find((event) => event.type === 'step-done' && started?.plan.steps[event.index]?.kind === 'move-groups')).toMatchObject({ evidence: { groups: GROUPS, positions: GROUPS * PARTITIONS, exact: GROUPS * PARTITIONS, refused: 0 } });
  expect(tookMs('move-groups')).toBeLessThan(MOVE_MS);

  const values = new Map<string, readonly { readonly offset: bigint; readonly value: string }[]>();
  for (let index = 0; index < TOPICS; index++) for (let partition = 0; partition < PARTITIONS; partition++) values.set(`teamA${topicOf(index)} ${partition}`, await readAll(`teamA${topicOf(index)}`, partition));
  const wrong: string[] = [];
  for (let index = 0; index < GROUPS; index++) {
    const group = `teamAgroup-${index}`;
    for (const { topic, partition, offset } of await failover.offsetFetch(group)) {
      const next = values.get(`${topic} ${partition}`)?.find((one) => one.offset >= offset)?.value;
      const place = committed.get(`${group} ${topic} ${partition}`) ?? -1;
      if (next !== (place === RECORDS ? undefined : `${partition} ${place}`)) wrong.push(`${group} in ${topic}-${partition}: ${next ?? 'the end'}, committed ${place}`);
    }
  }
  expect(wrong).toEqual([]);
});

async function readAll(topic: string, partition: number): Promise<{ readonly offset: bigint; readonly value: string }[]> {
  const read: { readonly offset: bigint; readonly value: string }[] = [];
  for await (const { offset, value } of failover.readRecords(topic, partition, 0n, { isolation: 'read_committed' })) read.push({ offset, value: value?.toString() ?? '' });
  return read;
}
