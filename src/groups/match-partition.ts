import type { KafkaCluster, OffsetRange, RecordFingerprint, TopicPartition } from '../ports/kafka-cluster.ts';
import type { OffsetSync } from '../ports/replicator.ts';
import { alignLogs, type AlignedLogs, type Position } from './translate-offset.ts';

/** How far both logs of a partition reach. The target's end was read before the source's, so that no record of the target is missing here. */
export interface PartitionEnds {
  readonly sourceStart: bigint;
  readonly sourceEnd: bigint;
  readonly targetStart: bigint;
  readonly targetEnd: bigint;
}

/** Records of a range of each side that were read beforehand. */
export interface ReadAhead {
  readonly range: OffsetRange;
  readonly records: readonly RecordFingerprint[];
}

export interface Sides<T> {
  readonly source: T;
  readonly target: T;
}

export interface Matched extends Position {
  /** Records that the group has read and that the target does not have yet, or no more. */
  readonly missing: number;
}

/** How much may be read. */
export interface MatchLimits {
  /** Records of one side and one partition that are held in memory: a group that is further from all that is known is not counted. */
  readonly mostRecords: number;
  /** From then on nothing more is read. */
  readonly isLate: () => boolean;
}

/** So many offsets of a side are read ahead, with those of other partitions. */
const SHORT = 1000n;
/** Offsets that are looked at before the first position, to find a record that stands on both sides. */
const MARGIN = 64n;
const HINTS_TRIED = 3;

/**
 * Translates offsets of one partition. Reads only what lies between hints (MirrorMaker's notes, and what was matched before); a hint is believed
 * when the records at it are the same on both sides. undefined: more would have to be read than the limits allow. Throws UNAVAILABLE.
 */
export class PartitionMatcher {
  readonly #source: KafkaCluster;
  readonly #target: KafkaCluster;
  readonly #partition: TopicPartition;
  readonly #matched = new Map<string, OffsetSync>();

  constructor(source: KafkaCluster, target: KafkaCluster, partition: TopicPartition) {
    this.#source = source;
    this.#target = target;
    this.#partition = partition;
  }

  /** What `match` will read first for the lowest of these offsets, where that is little; undefined: it is not. */
  rangesFor(committed: readonly bigint[], ends: PartitionEnds, notes: readonly OffsetSync[]): Sides<OffsetRange> | undefined {
    const lowest = committed.reduce<bigint | undefined>((low, offset) => (low === undefined || offset < low ? offset : low), undefined);
    if (lowest === undefined) return undefined;
    const from = firstStart(lowest, { sourceUntil: ends.sourceEnd, targetUntil: ends.targetEnd }, ends, this.#hints(ends, notes));
    if (ends.sourceEnd - from.source > SHORT || ends.targetEnd - from.target > SHORT * 2n) return undefined;
    return { source: { ...this.#partition, from: from.source, until: ends.sourceEnd }, target: { ...this.#partition, from: from.target, until: ends.targetEnd } };
  }

  async match(committed: readonly bigint[], ends: PartitionEnds, notes: readonly OffsetSync[], limits: MatchLimits, ahead?: Sides<ReadAhead>): Promise<Map<bigint, Matched | undefined>> {
    const hints = this.#hints(ends, notes);
    const found = new Map<bigint, Matched | undefined>();
    const open = [...new Set(committed)].sort((a, b) => (a < b ? -1 : 1));
    for (let lowest = open[0]; lowest !== undefined; lowest = open[0]) {
      const { logs, until, isComplete } = await this.#read(lowest, ends, hints, limits, ahead);
      if (logs === undefined) {
        found.set(lowest, undefined);
        open.shift();
        continue;
      }
      for (let next: bigint | undefined = lowest; next !== undefined && (next <= until || isComplete); next = open[0]) {
        found.set(next, logs(next));
        open.shift();
      }
    }
    return found;
  }

  #hints(ends: PartitionEnds, notes: readonly OffsetSync[]): OffsetSync[] {
    return [...notes, ...this.#matched.values()].filter(({ source, target }) => source >= ends.sourceStart && target >= ends.targetStart && source < ends.sourceEnd && target < ends.targetEnd).sort((a, b) => (a.source < b.source ? -1 : 1));
  }

  /** A stretch of both logs in which `committed` lies and whose beginning is certain. */
  async #read(committed: bigint, ends: PartitionEnds, hints: readonly OffsetSync[], { mostRecords, isLate }: MatchLimits, ahead: Sides<ReadAhead> | undefined): Promise<{ logs: ((at: bigint) => Matched) | undefined; until: bigint; isComplete: boolean }> {
    const right = await this.#rightEnd(committed, ends, hints);
    const before = hints.filter(({ source }) => source < committed);
    let { source: sourceFrom, target: targetFrom } = withoutHints(committed, right);
    for (let attempt = 1; ; attempt++) {
      // The nearest hint first, then from further away, then everything.
      const hint = attempt <= HINTS_TRIED ? before.at(-(4 ** (attempt - 1))) : undefined;
      const from = hint === undefined ? { source: largest(sourceFrom, ends.sourceStart), target: largest(targetFrom, ends.targetStart) } : hint;
      const source = within(ahead?.source, from.source, right.sourceUntil) ?? (await this.#source.fingerprints(this.#partition, from.source, right.sourceUntil, mostRecords));
      const target = within(ahead?.target, from.target, right.targetUntil) ?? (await this.#target.fingerprints(this.#partition, from.target, right.targetUntil, mostRecords));
      if (source.length >= mostRecords || target.length >= mostRecords || (attempt > 1 && isLate())) {
        if (hint !== undefined && !isLate()) continue;
        return { logs: undefined, until: committed, isComplete: false };
      }
      const logs = alignLogs({ source, target, sourceFrom: 0n, ...right });
      const position = logs.translate(committed);
      if (position.isAnchored || from.target <= ends.targetStart) {
        if (logs.last !== undefined) this.#matched.set(right.isLive ? 'end' : `${right.sourceUntil}`, logs.last);
        return { logs: (at) => ({ ...logs.translate(at), missing: missingIn(source, logs, at, right.isLive) }), until: right.sourceUntil, isComplete: right.isLive };
      }
      if (hint === undefined) {
        sourceFrom -= (right.sourceUntil - sourceFrom) * 3n;
        targetFrom -= (right.targetUntil - targetFrom) * 3n;
      }
    }
  }

  /** The first hint behind it at which both logs have the same record, else the ends as they are now. */
  async #rightEnd(committed: bigint, ends: PartitionEnds, hints: readonly OffsetSync[]): Promise<{ sourceUntil: bigint; targetUntil: bigint; isLive: boolean }> {
    for (const hint of hints.filter(({ source }) => source > committed + MARGIN).slice(0, HINTS_TRIED)) {
      const here = await recordAt(this.#source, this.#partition, hint.source);
      const there = await recordAt(this.#target, this.#partition, hint.target);
      if (here !== undefined && here.hash === there?.hash) return { sourceUntil: hint.source, targetUntil: hint.target, isLive: false };
    }
    return { sourceUntil: ends.sourceEnd, targetUntil: ends.targetEnd, isLive: true };
  }
}

/** Where reading begins at first: as in `#read`. */
function firstStart(committed: bigint, right: { readonly sourceUntil: bigint; readonly targetUntil: bigint }, ends: PartitionEnds, hints: readonly OffsetSync[]): Sides<bigint> {
  const hint = hints.findLast(({ source }) => source < committed);
  if (hint !== undefined) return hint;
  const { source, target } = withoutHints(committed, right);
  return { source: largest(source, ends.sourceStart), target: largest(target, ends.targetStart) };
}

/** The target's offsets may be twice as dense with markers. */
function withoutHints(committed: bigint, { sourceUntil, targetUntil }: { readonly sourceUntil: bigint; readonly targetUntil: bigint }): Sides<bigint> {
  const source = (committed < sourceUntil ? committed : sourceUntil) - MARGIN;
  return { source, target: targetUntil - (sourceUntil - source) * 2n };
}

function within(ahead: ReadAhead | undefined, from: bigint, until: bigint): readonly RecordFingerprint[] | undefined {
  if (ahead === undefined || from < ahead.range.from || until > ahead.range.until) return undefined;
  return ahead.records.filter(({ offset }) => offset >= from && offset < until);
}

async function recordAt(cluster: KafkaCluster, partition: TopicPartition, offset: bigint): Promise<RecordFingerprint | undefined> {
  return (await cluster.fingerprints(partition, offset, offset + 1n, 1))[0];
}

/** Behind the last record that both have: on the way, where the logs were read to their ends. */
function missingIn(source: readonly RecordFingerprint[], { last }: AlignedLogs, committed: bigint, isLive: boolean): number {
  if (!isLive) return 0;
  return source.filter(({ offset }) => offset < committed && (last === undefined || offset > last.source)).length;
}

function largest(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
