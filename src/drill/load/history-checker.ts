import { groupBy } from '../../client/group-by.ts';
import type { DeliveredRecord, History, LoggedRecord, SentRecord } from './history.ts';

/** One number a verdict; a list where somebody has to look at the very records. Lists hold at most MAX_EXAMPLES values. */
export interface HistoryVerdict {
  readonly sent: number;
  readonly acknowledged: number;
  readonly delivered: number;
  readonly logged: number;
  /** Acknowledged, and not on the log. */
  readonly lost: Finding;
  /** On the log at more than one offset. */
  readonly duplicated: Finding;
  /** On the log, and nobody sent it. */
  readonly invented: Finding;
  /** On the log before an earlier record of the same producer and partition. */
  readonly reordered: Finding;
  /** Never delivered, although a later record of its partition was. */
  readonly skipped: Finding;
  /** Never delivered, and nothing behind it either: the group did not get to the end. */
  readonly unseen: Finding;
  /** Delivered for the first time after a later record of its partition. */
  readonly deliveredLate: Finding;
  /** Delivered, and neither on the log nor acknowledged: read before it was safe. */
  readonly vanished: Finding;
  /** Deliveries beyond the first of each value: what a group reads twice after a rebalance. */
  readonly redelivered: number;
  /** Not acknowledged, and on the log all the same: allowed, a timed-out send may have been written. */
  readonly unacknowledgedOnLog: number;
  readonly errors: number;
  /** Longest time in which one producer got no acknowledgement. */
  readonly longestAckGapMs: number;
  /** Longest time in which a partition delivered nothing. */
  readonly longestDeliveryGapMs: number;
  /** From the time a record was due to its acknowledgement. */
  readonly ackLatencyMs: { readonly median: number; readonly p99: number; readonly max: number };
}

export interface Finding {
  readonly count: number;
  readonly examples: readonly string[];
}

const MAX_EXAMPLES = 5;

/** Judges a load. Pure: the same history gives the same verdict. */
export function checkHistory({ sent, delivered, log, errors }: History): HistoryVerdict {
  const sentByValue = new Map(sent.map((record) => [record.value, record]));
  const positions = positionsOf(log);
  const firstDeliveries = firstOfEach(delivered, ({ value }) => value);
  const acknowledged = sent.filter(({ acknowledgedAtMs }) => acknowledgedAtMs !== undefined);
  const { skipped, unseen } = undelivered(positions, firstDeliveries);
  const latencies = acknowledged.map(({ acknowledgedAtMs, dueAtMs }) => (acknowledgedAtMs ?? dueAtMs) - dueAtMs).sort((a, b) => a - b);
  return {
    sent: sent.length,
    acknowledged: acknowledged.length,
    delivered: delivered.length,
    logged: log.length,
    lost: finding(acknowledged.map(({ value }) => value).filter((value) => !positions.has(value))),
    duplicated: finding([...countBy(log.map(({ value }) => value))].filter(([, count]) => count > 1).map(([value]) => value)),
    invented: finding([...positions.keys()].filter((value) => !sentByValue.has(value))),
    reordered: finding(reordered(positions, sentByValue)),
    skipped: finding(skipped),
    unseen: finding(unseen),
    deliveredLate: finding(deliveredLate(positions, firstDeliveries)),
    vanished: finding([...firstDeliveries.keys()].filter((value) => !positions.has(value) && sentByValue.get(value)?.acknowledgedAtMs === undefined)),
    redelivered: delivered.length - firstDeliveries.size,
    unacknowledgedOnLog: sent.filter(({ value, acknowledgedAtMs }) => acknowledgedAtMs === undefined && positions.has(value)).length,
    errors: errors.length,
    longestAckGapMs: longestGap(acknowledged, ({ producer }) => producer, ({ acknowledgedAtMs }) => acknowledgedAtMs ?? 0),
    longestDeliveryGapMs: longestGap(delivered, ({ partition }) => String(partition), ({ atMs }) => atMs),
    ackLatencyMs: { median: percentile(latencies, 0.5), p99: percentile(latencies, 0.99), max: latencies.at(-1) ?? 0 },
  };
}

interface Position {
  readonly partition: number;
  readonly offset: bigint;
}

/** Where a value stands for the first time, in the order of the log. */
function positionsOf(log: readonly LoggedRecord[]): ReadonlyMap<string, Position> {
  const inOrder = log.toSorted((left, right) => left.partition - right.partition || compare(left.offset, right.offset));
  return firstOfEach(inOrder, ({ value }) => value);
}

function reordered(positions: ReadonlyMap<string, Position>, sentByValue: ReadonlyMap<string, SentRecord>): string[] {
  const highest = new Map<string, number>();
  const found: string[] = [];
  for (const [value, { partition }] of positions) {
    const record = sentByValue.get(value);
    if (record === undefined) continue;
    const key = `${record.producer}/${partition}`;
    const before = highest.get(key);
    if (before !== undefined && record.sequence < before) found.push(value);
    else highest.set(key, record.sequence);
  }
  return found;
}

function undelivered(positions: ReadonlyMap<string, Position>, delivered: ReadonlyMap<string, DeliveredRecord>): { readonly skipped: string[]; readonly unseen: string[] } {
  const lastDelivered = new Map<number, bigint>();
  for (const [value, { partition, offset }] of positions) if (delivered.has(value)) lastDelivered.set(partition, offset);
  const missing = [...positions].filter(([value]) => !delivered.has(value));
  const isBehind = ({ partition, offset }: Position): boolean => offset < (lastDelivered.get(partition) ?? -1n);
  return {
    skipped: missing.filter(([, position]) => isBehind(position)).map(([value]) => value),
    unseen: missing.filter(([, position]) => !isBehind(position)).map(([value]) => value),
  };
}

function deliveredLate(positions: ReadonlyMap<string, Position>, firstDeliveries: ReadonlyMap<string, DeliveredRecord>): string[] {
  const highest = new Map<number, bigint>();
  const found: string[] = [];
  for (const value of firstDeliveries.keys()) {
    const position = positions.get(value);
    if (position === undefined) continue;
    const before = highest.get(position.partition);
    if (before !== undefined && position.offset < before) found.push(value);
    else highest.set(position.partition, position.offset);
  }
  return found;
}

function longestGap<T>(records: readonly T[], groupOf: (record: T) => string, atMsOf: (record: T) => number): number {
  let longest = 0;
  for (const group of groupBy(records, groupOf).values()) {
    const times = group.map(atMsOf).sort((a, b) => a - b);
    for (let index = 1; index < times.length; index++) longest = Math.max(longest, (times[index] ?? 0) - (times[index - 1] ?? 0));
  }
  return longest;
}

function firstOfEach<T>(records: readonly T[], keyOf: (record: T) => string): Map<string, T> {
  const first = new Map<string, T>();
  for (const record of records) if (!first.has(keyOf(record))) first.set(keyOf(record), record);
  return first;
}

function countBy(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** Nearest rank; 0 of nothing. */
function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

function finding(values: readonly string[]): Finding {
  return { count: values.length, examples: values.slice(0, MAX_EXAMPLES) };
}

function compare(left: bigint, right: bigint): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
