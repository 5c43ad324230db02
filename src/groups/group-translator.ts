import { groupKey, partitionKey, type GroupOffset, type KafkaCluster, type TopicPartition } from '../ports/kafka-cluster.ts';
import type { OffsetSync, Replicator } from '../ports/replicator.ts';
import { counted } from '../shared/counted.ts';
import { GwctlError } from '../shared/errors.ts';
import { PartitionMatcher, type Matched, type MatchLimits, type PartitionEnds, type ReadAhead, type Sides } from './match-partition.ts';

/** `exact`: its first record is the one after its last committed one. `conservative`: it reads some again. `impossible`: nothing can be said, or written. */
export type Basis = 'exact' | 'conservative' | 'impossible';

export interface GroupPosition extends GroupOffset {
  readonly basis: Basis;
  /** Where the group goes on on the target; undefined: what stands there is left alone. `offset` is what it has committed on the source. */
  readonly resumesAt: bigint | undefined;
  /** At most; undefined: not known. */
  readonly rereads: number | undefined;
  /** Why it is not exact, or what is unusual; '' when there is nothing to say. */
  readonly why: string;
}

const PARALLEL = 8;

/**
 * Translates what groups have committed on the source into positions on the target, at any time, also while records are written and replicated.
 * Keeps what it has found out: a second call, for groups that have moved on since, reads little. Never writes.
 */
export class GroupTranslator {
  readonly #source: KafkaCluster;
  readonly #target: KafkaCluster;
  readonly #replicator: Replicator | undefined;
  readonly #matchers = new Map<string, PartitionMatcher>();
  readonly #exact = new Map<string, Matched>();

  constructor(source: KafkaCluster, target: KafkaCluster, replicator: Replicator | undefined) {
    this.#source = source;
    this.#target = target;
    this.#replicator = replicator;
  }

  /** `onTarget` is what stands there now, by groupKey. What the limits leave out stays as it is. */
  async translate(committed: readonly GroupOffset[], onTarget: ReadonlyMap<string, bigint>, limits: MatchLimits): Promise<GroupPosition[]> {
    const { isLate } = limits;
    const byPartition = new Map<string, GroupOffset[]>();
    for (const one of committed) {
      const those = byPartition.get(partitionKey(one));
      if (those === undefined) byPartition.set(partitionKey(one), [one]);
      else those.push(one);
    }
    const pending = [...byPartition].filter(([, those]) => those.some((one) => !this.#exact.has(atKey(one))));
    const partitions = pending.flatMap(([, [first]]) => (first === undefined ? [] : [first]));
    const [notes, ends] = pending.length === 0 ? [new Map<string, readonly OffsetSync[]>(), new Map<string, PartitionEnds>()] : await Promise.all([this.#notes(), this.#ends(partitions)]);
    const openOf = (those: readonly GroupOffset[]): bigint[] => those.filter((one) => !this.#exact.has(atKey(one))).map(({ offset }) => offset);
    const ahead = isLate() ? new Map<string, Sides<ReadAhead>>() : await this.#readAhead(pending.map(([key, those]) => ({ partition: those[0] as GroupOffset, offsets: openOf(those), ends: ends.get(key), notes: notes.get(key) ?? [] })));
    const found = new Map<string, Matched | string>();
    const worker = async (): Promise<void> => {
      for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
        const [key, those] = next;
        const outcome = isLate() ? 'there was no time left to look' : await this.#match(those[0] as GroupOffset, openOf(those), ends.get(key), notes.get(key) ?? [], limits, ahead.get(key));
        for (const one of those) {
          const matched = typeof outcome === 'string' ? outcome : outcome.get(one.offset) ?? `more than ${counted(limits.mostRecords, 'record')} would have to be compared`;
          found.set(atKey(one), matched);
          if (typeof matched !== 'string' && matched.rereads === 0 && matched.missing === 0) this.#exact.set(atKey(one), matched);
        }
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, worker));
    return committed.map((one) => {
      const matched = this.#exact.get(atKey(one)) ?? found.get(atKey(one)) ?? 'it was not looked at';
      return typeof matched === 'string' ? keep(one, matched, onTarget.get(groupKey(one)), ends.get(partitionKey(one)), notes.get(partitionKey(one)) ?? []) : place(one, matched, ends.get(partitionKey(one)), this.#source.name, this.#target.name);
    });
  }

  /** Most groups are near the end of their partitions: these ends are read with one request to each broker. What is missing is read one by one. */
  async #readAhead(wanted: readonly { readonly partition: TopicPartition; readonly offsets: readonly bigint[]; readonly ends: PartitionEnds | undefined; readonly notes: readonly OffsetSync[] }[]): Promise<Map<string, Sides<ReadAhead>>> {
    const ranges = wanted.flatMap(({ partition, offsets, ends, notes }) => (ends === undefined ? [] : [this.#matcherOf(partition).rangesFor(offsets, ends, notes) ?? []].flat()));
    const ahead = new Map<string, Sides<ReadAhead>>();
    const [source, target] = await Promise.all([this.#source.fingerprintsOf(ranges.map((range) => range.source)), this.#target.fingerprintsOf(ranges.map((range) => range.target))]).catch(() => [new Map(), new Map()] as const);
    for (const range of ranges) {
      const key = partitionKey(range.source);
      const [here, there] = [source.get(key), target.get(key)];
      if (here !== undefined && there !== undefined) ahead.set(key, { source: { range: range.source, records: here }, target: { range: range.target, records: there } });
    }
    return ahead;
  }

  #matcherOf(partition: TopicPartition): PartitionMatcher {
    const key = partitionKey(partition);
    const matcher = this.#matchers.get(key) ?? new PartitionMatcher(this.#source, this.#target, { topic: partition.topic, partition: partition.partition });
    this.#matchers.set(key, matcher);
    return matcher;
  }

  async #match(partition: TopicPartition, offsets: readonly bigint[], ends: PartitionEnds | undefined, notes: readonly OffsetSync[], limits: MatchLimits, ahead: Sides<ReadAhead> | undefined): Promise<Map<bigint, Matched | undefined> | string> {
    if (ends === undefined) return 'the partition is not there on both sides';
    try {
      return await this.#matcherOf(partition).match(offsets, ends, notes, limits, ahead);
    } catch (reason) {
      return GwctlError.from(reason).message;
    }
  }

  /** Notes are a help: without them more is read. */
  async #notes(): Promise<ReadonlyMap<string, readonly OffsetSync[]>> {
    try {
      return (await this.#replicator?.syncs()) ?? new Map();
    } catch {
      return new Map();
    }
  }

  async #ends(partitions: readonly TopicPartition[]): Promise<Map<string, PartitionEnds>> {
    const [targetStart, targetEnd, sourceStart] = await Promise.all([this.#target.startOffsets(partitions), this.#target.endOffsets(partitions), this.#source.startOffsets(partitions)]);
    const sourceEnd = await this.#source.endOffsets(partitions);
    const ends = new Map<string, PartitionEnds>();
    for (const key of partitions.map(partitionKey)) {
      const [one, two, three, four] = [sourceStart.get(key), sourceEnd.get(key), targetStart.get(key), targetEnd.get(key)];
      if (one !== undefined && two !== undefined && three !== undefined && four !== undefined) ends.set(key, { sourceStart: one, sourceEnd: two, targetStart: three, targetEnd: four });
    }
    return ends;
  }
}

function atKey(one: GroupOffset): string {
  return `${partitionKey(one)} ${one.offset}`;
}

function place(one: GroupOffset, { offset, rereads, missing }: Matched, ends: PartitionEnds | undefined, source: string, target: string): GroupPosition {
  const why = [
    ...(rereads > 0 ? [`records around it are no longer on ${source}, or cannot be told apart`] : []),
    ...(missing > 0 ? [`${counted(missing, 'record')} that it has read ${missing === 1 ? 'is' : 'are'} not on ${target} yet`] : []),
    ...(ends !== undefined && one.offset < ends.sourceStart ? [`${source} has no records before ${ends.sourceStart} any more`] : []),
  ];
  return { ...one, basis: rereads + missing > 0 ? 'conservative' : 'exact', resumesAt: offset, rereads: rereads + missing, why: why.join('; ') };
}

/** What stands on the target is left alone; where nothing does, it starts at the last noted record before its position, or at the beginning: nothing is skipped. */
function keep(one: GroupOffset, why: string, now: bigint | undefined, ends: PartitionEnds | undefined, notes: readonly OffsetSync[]): GroupPosition {
  const unknown = { ...one, rereads: undefined };
  if (ends === undefined) return { ...unknown, basis: 'impossible', resumesAt: undefined, why };
  // An offset beyond the end is of another topic that once had this name.
  if (now !== undefined && now <= ends.targetEnd) return { ...unknown, basis: 'conservative', resumesAt: undefined, why: `${why}: what the replicator has written is left` };
  const note = notes.findLast(({ source, target }) => source <= one.offset && target >= ends.targetStart && target <= ends.targetEnd);
  return { ...unknown, basis: 'conservative', resumesAt: note?.target ?? ends.targetStart, why: `${why}: ${note === undefined ? 'from the beginning' : 'from the last record before it that the replicator has noted'}` };
}
