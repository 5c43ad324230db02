import fc from 'fast-check';
import type { Stretch } from '../../src/groups/translate-offset.ts';
import type { RecordFingerprint as Fingerprint } from '../../src/ports/kafka-cluster.ts';

/** A source record that was replicated, and where. */
export interface Copied {
  readonly source: bigint;
  readonly target: bigint;
}

/** One partition on both sides, and the truth about every record that the target still has. */
export interface MirroredLogs {
  readonly stretch: Stretch;
  readonly truth: readonly Copied[];
  /** Any offset from 0 to a little beyond the end of the source. */
  readonly committed: readonly bigint[];
}

interface Written {
  readonly offset: bigint;
  readonly key: number;
  readonly hash: string;
}

export interface LogOptions {
  /** Records that differ in nothing but their offset may occur. */
  readonly withTwins: boolean;
  /** Records are removed on either side: compacted, before or after they were replicated, and at the beginning. */
  readonly withRemovals: boolean;
  /** Default 24. */
  readonly mostRecords?: number;
}

/** What a replicator can have made of any source: gaps (markers, aborted records) on both sides, a tail that is not replicated yet. */
export function mirroredLogs({ withTwins, withRemovals, mostRecords = 24 }: LogOptions): fc.Arbitrary<MirroredLogs> {
  const fraction = fc.double({ min: 0, max: 1, noNaN: true });
  const record = fc.record({ key: fc.nat(3), content: fc.nat(withTwins ? 1 : 0), gap: fc.nat(2), targetGap: fc.nat(2) });
  return fc.record({ records: fc.array(record, { maxLength: mostRecords, size: 'max' }), cleanedBefore: fraction, cleaned: fraction, cleanedTarget: fraction, cut: fraction, cutTarget: fraction, replicated: fraction, endGap: fc.nat(3) })
    .map(({ records, cleanedBefore, cleaned, cleanedTarget, cut, cutTarget, replicated, endGap }) => {
      let at = 0n;
      const all = records.map(({ key, content, gap }, index): Written => {
        at += BigInt(gap);
        return { offset: at++, key, hash: withTwins ? `${key}/${content}` : `${key}/${index}` };
      });
      const sourceUntil = at + BigInt(endGap);
      const share = (of: number, fractionOfIt: number): number => Math.floor(of * fractionOfIt);
      const early = withRemovals ? compact(all, share(all.length, Math.min(cleanedBefore, cleaned))) : all;
      const copied = early.slice(0, share(early.length + 1, replicated));
      let targetAt = 0n;
      const copies = copied.map((written, index) => {
        targetAt += BigInt(records[index]?.targetGap ?? 0);
        return { ...written, source: written.offset, offset: targetAt++ };
      });
      const keptSource = withRemovals ? compact(all, share(all.length, cleaned)).filter(({ offset }) => offset >= BigInt(share(Number(at), cut * cut))) : all;
      const keptTarget = withRemovals ? compact(copies, share(copies.length, cleanedTarget)).filter(({ offset }) => offset >= BigInt(share(Number(targetAt), cutTarget * cutTarget))) : copies;
      const print = ({ offset, hash }: Fingerprint): Fingerprint => ({ offset, hash });
      return {
        stretch: { source: keptSource.map(print), target: keptTarget.map(print), sourceFrom: 0n, sourceUntil, targetUntil: targetAt + 1n },
        truth: keptTarget.map(({ source, offset }) => ({ source, target: offset })),
        committed: Array.from({ length: Number(sourceUntil) + 3 }, (_, offset) => BigInt(offset)),
      };
    });
}

/** As a cleaner that has come to the record `until`: of each key only the last up to there, and everything behind it. */
function compact<T extends Written>(records: readonly T[], until: number): T[] {
  const last = new Map(records.slice(0, until).map(({ key }, index) => [key, index]));
  return records.filter(({ key }, index) => index >= until || last.get(key) === index);
}
