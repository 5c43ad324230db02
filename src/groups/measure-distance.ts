import type { KafkaCluster } from '../ports/kafka-cluster.ts';
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

/** For each position how far what stands on the target is from where the group should go on. Reads from the target only. */
export async function measureDistances(target: KafkaCluster, positions: readonly ComparedPosition[]): Promise<MeasuredPosition[]> {
  const measured = new Array<MeasuredPosition>(positions.length);
  const pending = [...positions.entries()];
  const worker = async (): Promise<void> => {
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) measured[next[0]] = { ...next[1], standing: await standingOf(target, next[1]) };
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return measured;
}

async function standingOf(target: KafkaCluster, position: ComparedPosition): Promise<Standing> {
  const { onTarget, resumesAt } = position;
  if (onTarget === undefined) return { kind: 'none' };
  if (resumesAt === undefined) return { kind: 'unknown' };
  if (onTarget === resumesAt) return { kind: 'fits' };
  const isBehind = onTarget < resumesAt;
  const [from, until] = isBehind ? [onTarget, resumesAt] : [resumesAt, onTarget];
  try {
    const records = (await target.fingerprints(position, from, until, MOST_COUNTED)).length;
    if (records === 0) return { kind: 'fits' };
    return { kind: isBehind ? 'rereads' : 'skips', records, isMore: records >= MOST_COUNTED };
  } catch {
    return { kind: 'unknown' }; // removed there, or beyond its end
  }
}
