import type { Kafka } from 'kafkajs';
import { expect, test } from 'vitest';
import { startLoadConsumer } from '../../../../src/drill/load/load-consumer.ts';
import type { Recording } from '../../../../src/drill/load/run-load.ts';
import { systemClock } from '../../../../src/adapters/clock/system-clock.ts';

type Listener = (event: { readonly payload: { readonly error: Error; readonly restart: boolean } }) => void;

/** What kafkajs shows of a consumer: it joins when it runs, and can be made to crash. */
class FakeConsumer {
  readonly events = { GROUP_JOIN: 'join', CRASH: 'crash' };
  isConnected = false;
  readonly #canJoin: boolean;
  readonly #listeners = new Map<string, Listener>();

  constructor(canJoin: boolean) {
    this.#canJoin = canJoin;
  }

  async connect(): Promise<void> {
    this.isConnected = true;
  }

  async subscribe(): Promise<void> {}

  on(event: string, listener: Listener): void {
    this.#listeners.set(event, listener);
  }

  async run(): Promise<void> {
    if (!this.#canJoin) throw new Error('no broker is there');
    this.#emit('join', new Error('none'), true);
  }

  crash(message: string, restart: boolean): void {
    this.#emit('crash', new Error(message), restart);
  }

  async disconnect(): Promise<void> {
    this.isConnected = false;
  }

  #emit(event: string, error: Error, restart: boolean): void {
    this.#listeners.get(event)?.({ payload: { error, restart } });
  }
}

/** Consumers that are made one after the other; `canJoin` says it for each by its number. */
async function start(canJoin: (index: number) => boolean = () => true) {
  const made: FakeConsumer[] = [];
  const kafka = { consumer: () => (made.push(new FakeConsumer(canJoin(made.length))), made.at(-1)) } as unknown as Kafka;
  const recording: Recording = { sent: [], delivered: [], deliveredValues: new Set(), joins: [], errors: [] };
  const spec = { name: 'load', topic: 'users', partitions: 1, producers: 1, consumers: 1, group: 'readers', ratePerSecond: 1 };
  const consumer = await startLoadConsumer({ kafka, name: 'consumer1', spec, recording, clock: systemClock });
  return { made, recording, consumer };
}

test('a consumer that gives up is noted and followed by a new one, as often as it takes', async () => {
  const { made, recording, consumer } = await start((index) => index !== 1);
  made[0]?.crash('not retriable', false);
  await expect.poll(() => recording.joins.length).toBe(2);
  expect(made.map(({ isConnected }) => isConnected)).toEqual([false, false, true]);
  expect(recording.errors).toMatchObject([{ client: 'consumer1', message: 'not retriable' }]);
  await consumer.stop();
  expect(made.map(({ isConnected }) => isConnected)).toEqual([false, false, false]);
});

test('one that starts itself anew is left to it', async () => {
  const { made, recording, consumer } = await start();
  made[0]?.crash('retriable', true);
  await consumer.stop();
  expect([made.length, recording.errors.length]).toEqual([1, 1]);
});

test('none follows after the end', async () => {
  const { made, consumer } = await start();
  const ending = consumer.stop();
  made[0]?.crash('closed', false);
  await ending;
  expect(made.map(({ isConnected }) => isConnected)).toEqual([false]);
});

test('the first one must join', async () => {
  await expect(start(() => false)).rejects.toThrow('no broker is there');
});
