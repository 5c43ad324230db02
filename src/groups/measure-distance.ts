import { partitionKey, type KafkaCluster, type OffsetRange } from '../ports/kafka-cluster.ts';
import type { ComparedPosition } from './compare-groups.ts';

/** What would happen with what stands on the target now, if nothing were written. */
export type Standing =
  | { readonly kind: 'fits' }
  /** The group would begin where its `auto.offset.reset` says. */
  | { readonly kind: 'none' }
  | { readonly kind: 'rereads' | 'skips'; readonly records: number; readonly isMore: boolean }
  | { readonly kind: 'unknown' };

export interface MeasuredPosition extends ComparedPosition {
  readonly standing: Standing;
}

/** Records are counted up to here. */
const MOST_COUNTED = 10_000;
const PARALLEL = 8;

/** For each position how far what stands on the target is from where the group should go on. Reads from the target only, each partition as a whole where it can. */
export async function measureDistances(target: KafkaCluster, positions: readonly ComparedPosition[]): Promise<MeasuredPosition[]> {
  const measured = new Array<MeasuredPosition>(positions.length);
  const byPartition = new Map<string, number[]>();
  for (const [index, position] of positions.entries()) byPartition.set(partitionKey(position), [...(byPartition.get(partitionKey(position)) ?? []), index]);
  const pending = [...byPartition.values()];
  const worker = async (): Promise<void> => {
    for (let those = pending.pop(); those !== undefined; those = pending.pop()) {
      const gaps = those.flatMap((index) => gapOf(positions[index] as ComparedPosition) ?? []);
      const between = gaps.length < 2 ? undefined : await readAll(target, gaps);
      for (const index of those) {
        const position = positions[index] as ComparedPosition;
        measured[index] = { ...position, standing: await standingOf(target, position, between) };
      }
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return measured;
}

interface Gap extends OffsetRange {
  readonly isBehind: boolean;
}

/** undefined: there is none, or it is not known. */
function gapOf({ topic, partition, onTarget, resumesAt }: ComparedPosition): Gap | undefined {
  if (onTarget === undefined || resumesAt === undefined || onTarget === resumesAt) return undefined;
  const isBehind = onTarget < resumesAt;
  return { topic, partition, from: isBehind ? onTarget : resumesAt, until: isBehind ? resumesAt : onTarget, isBehind };
}

/** Offsets of all records between the lowest and the highest of these; undefined where that is more than is counted, or cannot be read. */
async function readAll(target: KafkaCluster, gaps: readonly Gap[]): Promise<readonly bigint[] | undefined> {
  const [first] = gaps;
  if (first === undefined) return undefined;
  const from = gaps.reduce((low, gap) => (gap.from < low ? gap.from : low), first.from);
  const until = gaps.reduce((high, gap) => (gap.until > high ? gap.until : high), first.until);
  const records = await target.fingerprints(first, from, until, MOST_COUNTED).catch(() => undefined);
  return records === undefined || records.length >= MOST_COUNTED ? undefined : records.map(({ offset }) => offset);
}

async function standingOf(target: KafkaCluster, position: ComparedPosition, between: readonly bigint[] | undefined): Promise<Standing> {
  if (position.onTarget === undefined) return { kind: 'none' };
  if (position.resumesAt === undefined) return { kind: 'unknown' };
  const gap = gapOf(position);
  if (gap === undefined) return { kind: 'fits' };
  try {
    const records = between?.filter((offset) => offset >= gap.from && offset < gap.until).length ?? (await target.fingerprints(position, gap.from, gap.until, MOST_COUNTED)).length;
    if (records === 0) return { kind: 'fits' };
    return { kind: gap.isBehind ? 'rereads' : 'skips', records, isMore: records >= MOST_COUNTED };
  } catch {
    return { kind: 'unknown' }; // removed there, or beyond its end
  }
}
