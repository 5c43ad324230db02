import type { Clock } from '../ports/clock.ts';
import { partitionKey } from '../ports/kafka-cluster.ts';
import type { Replicator } from '../ports/replicator.ts';
import type { LinkLag, PartitionLag } from './observation.ts';

/** A shorter lag is not worth a second look. */
const WORTH_A_LOOK_S = 5;
const WATCHED_MS = 3000;
const PAUSE_MS = 100;

/**
 * The same lag where no partition's is longer than the link needed to bring what was missing. An age by timestamps is what producers say: one that sends
 * again after a time-out, or fills in last year's data, writes records that are old when they arrive. Watches the link for 3 s at most, and only where a
 * lag is longer than 5 s. `sinceMs`: when the ends of `lag` were read, on the clock's elapsedMs.
 */
export async function boundByCatchUp(lag: LinkLag, replicator: Pick<Replicator, 'positions'>, sinceMs: number, clock: Pick<Clock, 'elapsedMs' | 'sleep'>, signal = new AbortController().signal): Promise<LinkLag> {
  const waiting = new Map(lag.partitions.filter(({ lagSeconds }) => lagSeconds > WORTH_A_LOOK_S).map((one) => [partitionKey(one), one]));
  const bounded = new Map<string, PartitionLag>();
  const deadlineMs = clock.elapsedMs() + WATCHED_MS;
  while (waiting.size > 0 && clock.elapsedMs() < deadlineMs) {
    await clock.sleep(PAUSE_MS, signal);
    const positions = await replicator.positions();
    const neededS = (clock.elapsedMs() - sinceMs) / 1000;
    for (const [key, one] of waiting) {
      const position = positions.get(key);
      if (position === undefined || one.lastMissing === undefined || position < one.lastMissing) continue;
      bounded.set(key, { ...one, lagSeconds: Math.min(one.lagSeconds, neededS) });
      waiting.delete(key);
    }
  }
  return { ...lag, partitions: lag.partitions.map((one) => bounded.get(partitionKey(one)) ?? one) };
}
