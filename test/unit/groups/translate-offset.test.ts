import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alignLogs, type Position, type Stretch } from '../../../src/groups/translate-offset.ts';
import type { RecordFingerprint as Fingerprint } from '../../../src/ports/kafka-cluster.ts';
import { mirroredLogs, type LogOptions, type MirroredLogs } from '../../support/mirrored-logs.ts';

/** `a10 b11`: a record with content a at offset 10. */
function log(text: string): Fingerprint[] {
  return text.split(' ').filter((word) => word !== '').map((word) => ({ hash: word.slice(0, 1), offset: BigInt(word.slice(1)) }));
}

function stretch(source: string, target: string, changes: Partial<Stretch> = {}): Stretch {
  const [here, there] = [log(source), log(target)];
  return { source: here, target: there, sourceFrom: 0n, sourceUntil: (here.at(-1)?.offset ?? -1n) + 1n, targetUntil: (there.at(-1)?.offset ?? -1n) + 2n, ...changes };
}

/** Target of an exactly-once MirrorMaker: a marker behind each record. */
const DOUBLED = stretch('a10 b11 c12 d13', 'a20 b22 c24 d26');

describe('a group goes on before the first record that it has not read', () => {
  test.each([
    { name: 'at the end', of: DOUBLED, committed: 14n, offset: 28n },
    { name: 'beyond the end, behind markers', of: DOUBLED, committed: 20n, offset: 28n },
    { name: 'one before the end', of: DOUBLED, committed: 13n, offset: 26n },
    { name: 'in the middle', of: DOUBLED, committed: 12n, offset: 24n },
    { name: 'at the first record', of: DOUBLED, committed: 10n, offset: 20n },
    { name: 'in a gap of the source: a marker, an aborted record', of: stretch('a10 b14', 'a3 b4'), committed: 12n, offset: 4n },
    { name: '0 of an empty partition', of: stretch('', '', { targetUntil: 0n }), committed: 0n, offset: 0n },
    { name: 'a tail that is not replicated yet', of: stretch('a0 b1 c2 d3', 'a0 b2'), committed: 3n, offset: 4n },
    { name: 'a record that only the target still has, between two', of: stretch('a0 c2', 'a0 b2 c4', { sourceFrom: 0n }), committed: 1n, offset: 2n },
    { name: 'records that only the source still has', of: stretch('a0 b1 c2 d3', 'a0 d6'), committed: 2n, offset: 6n },
    { name: 'a beginning that only the target still has', of: stretch('c2 d3', 'a0 b2 c4 d6'), committed: 2n, offset: 4n },
    { name: 'a beginning that only the source still has', of: stretch('a0 b1 c2 d3', 'c4 d6'), committed: 1n, offset: 4n },
    { name: 'records that are the same, all of them replicated', of: stretch('a0 a1 a2 a3', 'a0 a2 a4 a6'), committed: 2n, offset: 4n },
    { name: 'copied twice by a replicator without transactions', of: stretch('a0 b1 c2 d3', 'a0 b1 c2 b3 c4 d5'), committed: 3n, offset: 5n },
  ])('$name', ({ of, committed, offset }) => expect(alignLogs(of).translate(committed)).toMatchObject({ offset, rereads: 0 }));
});

describe('where the logs do not tell, it reads some again, and how many is said', () => {
  test.each([
    { name: 'one of two offsets that are gone from the source', of: stretch('a0 d4', 'a0 b2 d6', { sourceFrom: 0n }), committed: 2n, expected: { offset: 2n, rereads: 1 } },
    { name: 'records that are the same, some of them replicated', of: stretch('a0 a1 a2 a3', 'a0 a2'), committed: 2n, expected: { offset: 0n, rereads: 2 } },
    { name: 'nothing in common', of: stretch('a5 b6', 'x0 y1'), committed: 6n, expected: { offset: 1n, rereads: 1 } },
  ])('$name', ({ of, committed, expected }) => expect(alignLogs(of).translate(committed)).toMatchObject(expected));
});

/** Records of the target that the group would never see, and those that it would see again, by the truth. */
function judge({ truth }: MirroredLogs, committed: bigint, offset: bigint): { skipped: number; reread: number } {
  return {
    skipped: truth.filter(({ source, target }) => source >= committed && target < offset).length,
    reread: truth.filter(({ source, target }) => source < committed && target >= offset).length,
  };
}

function check(options: LogOptions, assertion: (logs: MirroredLogs, committed: bigint, position: Position) => void): void {
  fc.assert(
    fc.property(mirroredLogs(options), (logs) => {
      const { translate } = alignLogs(logs.stretch);
      for (const committed of logs.committed) assertion(logs, committed, translate(committed));
    }),
    { numRuns: 1000 },
  );
}

describe('for every source, replicator and committed offset', () => {
  test('nothing is skipped, whatever was compacted or cut off on either side, and if records are the same', () => {
    check({ withTwins: true, withRemovals: true }, (logs, committed, { offset }) => expect(judge(logs, committed, offset).skipped).toBe(0));
  });

  test('a higher committed offset never leads to a lower position', () => {
    let last = -1n;
    check({ withTwins: true, withRemovals: true }, (_, committed, { offset }) => {
      if (committed > 0n) expect(offset >= last).toBe(true);
      last = offset;
    });
  });

  test('no more is read again than was said', () => {
    check({ withTwins: false, withRemovals: true }, (logs, committed, { offset, rereads }) => expect(judge(logs, committed, offset).reread).toBeLessThanOrEqual(rereads));
  });

  test('it is exact where nothing was removed', () => {
    check({ withTwins: false, withRemovals: false }, (logs, committed, { offset, rereads }) => {
      expect(rereads).toBe(0);
      expect(judge(logs, committed, offset)).toEqual({ skipped: 0, reread: 0 });
    });
  });

  test('a stretch of the target that begins too late is noticed: whatever is anchored skips nothing', () => {
    fc.assert(
      fc.property(mirroredLogs({ withTwins: true, withRemovals: true }), fc.nat(30), fc.nat(30), (logs, sourceCut, targetCut) => {
        const { translate } = alignLogs({ ...logs.stretch, source: logs.stretch.source.slice(sourceCut), target: logs.stretch.target.slice(targetCut) });
        const lowest = logs.stretch.source[sourceCut]?.offset ?? logs.stretch.sourceUntil;
        for (const committed of logs.committed.filter((offset) => offset >= lowest)) {
          const { offset, isAnchored } = translate(committed);
          if (isAnchored) expect(judge(logs, committed, offset).skipped).toBe(0);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('counting from the end alone would skip: the property sees it', () => {
    const counted = ({ source, target, targetUntil }: Stretch, committed: bigint): bigint => {
      const unread = source.filter(({ offset }) => offset >= committed).length;
      return unread === 0 ? targetUntil : (target[Math.max(0, target.length - unread)]?.offset ?? targetUntil);
    };
    expect(() => check({ withTwins: false, withRemovals: true }, (logs, committed) => expect(judge(logs, committed, counted(logs.stretch, committed)).skipped).toBe(0))).toThrow();
  });
});
