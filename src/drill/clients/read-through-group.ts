import type { Consumer, Kafka } from 'kafkajs';
import type { Clock } from '../../ports/clock.ts';
import { GwctlError } from '../../shared/errors.ts';
import { timeLimit } from '../../shared/time-limit.ts';

export interface GroupRead {
  readonly topic: string;
  readonly groupId: string;
  readonly withinMs: number;
  /** Asked at the end of the topic: what is missing may still come. */
  readonly isEnough: (values: readonly string[]) => boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface GroupReadResult {
  readonly values: readonly string[];
  /** Until the group had given out its partitions. */
  readonly joinMs: number;
}

/** kafkajs polls again when this long nothing came; the topic's end is seen by offsets, not by silence. */
const POLL_MS = 100;

/**
 * Reads a topic from its beginning as a consumer group does, to the end as it was when the group joined, and then on until it is enough or the
 * time is up. Values stand in the order in which they arrived.
 */
export async function readThroughGroup(kafka: Kafka, { topic, groupId, withinMs, isEnough, clock, signal }: GroupRead): Promise<GroupReadResult> {
  const startMs = clock.elapsedMs();
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: POLL_MS, sessionTimeout: 10_000, heartbeatInterval: 1000, allowAutoTopicCreation: false });
  const values: string[] = [];
  const positions = new Map<number, bigint>();
  let joinMs = 0;
  const stop = new AbortController();
  const deadline = timeLimit(withinMs);
  const over = AbortSignal.any([signal, deadline, stop.signal]);
  try {
    const ends = await endsOf(kafka, topic);
    const isAtEnd = (): boolean => [...ends].every(([partition, end]) => end === 0n || (positions.get(partition) ?? 0n) >= end);
    const stopWhenEnough = (): void => {
      if (isAtEnd() && isEnough(values)) stop.abort();
    };
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    const crashed = onCrash(consumer);
    consumer.on(consumer.events.GROUP_JOIN, () => {
      joinMs = clock.elapsedMs() - startMs;
      stopWhenEnough(); // an empty topic never gives a batch
    });
    // Emitted for batches of nothing but transaction markers, too, which eachBatch does not see.
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      positions.set(payload.partition, BigInt(payload.lastOffset) + 1n);
      stopWhenEnough();
    });
    await consumer.run({
      eachBatch: async ({ batch }) => {
        for (const { value } of batch.messages) values.push(value?.toString('utf8') ?? '');
      },
    });
    await Promise.race([aborted(over), crashed]);
    signal.throwIfAborted();
    return { values, joinMs: Math.round(joinMs) };
  } catch (reason) {
    if (reason instanceof GwctlError) throw reason;
    signal.throwIfAborted();
    throw new GwctlError('UNAVAILABLE', `${topic} cannot be read as group ${groupId}: ${reason instanceof Error ? reason.message : String(reason)}`, { cause: reason });
  } finally {
    await consumer.disconnect().catch(() => {});
  }
}

async function endsOf(kafka: Kafka, topic: string): Promise<ReadonlyMap<number, bigint>> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    return new Map((await admin.fetchTopicOffsets(topic)).map(({ partition, high, low }) => [partition, high === low ? 0n : BigInt(high)]));
  } finally {
    await admin.disconnect().catch(() => {});
  }
}

/** kafkajs restarts a consumer by itself where it can; where it cannot, the wait is over. */
function onCrash(consumer: Consumer): Promise<never> {
  const crash = new Promise<never>((_, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart) reject(payload.error);
    });
  });
  crash.catch(() => {});
  return crash;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
