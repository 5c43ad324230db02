import { expect, test } from 'vitest';
import { judgeProbe, type LoggedValue, type ProbeRead, type ProbeWrite } from '../../support/judge-probe.ts';

/** a and b on the source, c and d after the switch; the target has a and b, too, at other offsets. */
const A = write('a', 0, 0n);
const B = write('b', 10, 1n);
const C = write('c', 20, 6n);
const D = write('d', 30, 7n);
const SOURCE = [logged('a', 0n), logged('b', 1n)];
const TARGET = [logged('a', 2n), logged('b', 4n), logged('c', 6n), logged('d', 7n)];

function write(value: string, startMs: number, offset: bigint | undefined): ProbeWrite {
  return { value, node: 'n', partition: 0, startMs, endMs: startMs + 5, offset };
}

function read(seen: string, startMs: number, offset: bigint): ProbeRead {
  return { node: 'n', partition: 0, offset, startMs, endMs: startMs + 2, seen };
}

function logged(value: string, offset: bigint): LoggedValue {
  return { partition: 0, offset, value };
}

test.each([
  { name: 'a clean switch', writes: [A, B, C, D], reads: [read('a', 6, 0n), read('c', 26, 6n)], says: { tellingReads: 2 } },
  { name: 'a write without an answer that is nowhere', writes: [A, B, write('x', 15, undefined), C, D], reads: [], says: { acknowledged: 4, unacknowledged: 1 } },
  { name: 'acknowledged and nowhere', writes: [A, B, C, D, write('e', 40, 8n)], reads: [], says: { lost: ['e (15 ms after the first sign of the target)'] } },
  { name: 'acknowledged on the source and not copied', writes: [A, B, write('late', 12, 2n), C, D], reads: [], source: [...SOURCE, logged('late', 2n)], says: { lost: ['late (-13 ms after the first sign of the target)'] } },
  { name: 'twice', writes: [A, B, C, D], reads: [], target: [...TARGET, logged('b', 9n)], says: { doubled: ['b (2 times)'] } },
  { name: 'on the source after a write on the target, copied later', writes: [A, B, C, write('torn', 27, 2n)], reads: [], source: [...SOURCE, logged('torn', 2n)], target: [...TARGET, logged('torn', 9n)], says: { torn: ['torn (2 ms after the first sign of the target)'] } },
  { name: 'on the source while a write on the target was under way', writes: [A, B, C, write('at once', 24, 2n)], reads: [], source: [...SOURCE, logged('at once', 2n)], target: [...TARGET, logged('at once', 9n)], says: { torn: [] } },
  { name: 'on the source after the target was read', writes: [A, B, write('torn', 18, 2n), C], reads: [read('a', 11, 2n)], source: [...SOURCE, logged('torn', 2n)], target: [...TARGET, logged('torn', 9n)], says: { torn: ['torn (5 ms after the first sign of the target)'] } },
  { name: 'a read from the source too late', writes: [A, B, C, D], reads: [read('b', 40, 1n)], says: { staleReads: 1, stalestMs: 15 } },
  { name: 'a read that either cluster can have answered', writes: [A, B, C, D], reads: [read('a', 40, 0n)], target: [logged('a', 0n), ...TARGET.slice(1)], says: { staleReads: 0, tellingReads: 0 } },
])('$name', ({ writes, reads, source = SOURCE, target = TARGET, says }) => {
  const clean = { lost: [], doubled: [], torn: [], staleReads: 0 };
  expect(judgeProbe({ writes, reads }, { source, target }, 'target')).toMatchObject({ ...clean, ...says });
});

test('given up: what was acknowledged must be on the source', () => {
  expect(judgeProbe({ writes: [A, B, C], reads: [] }, { source: SOURCE, target: TARGET }, 'source')).toMatchObject({ lost: [expect.stringMatching(/^c /)], doubled: [] });
  expect(judgeProbe({ writes: [A, B], reads: [] }, { source: SOURCE, target: SOURCE }, 'source')).toMatchObject({ lost: [], torn: [], doubled: [], longestWriteMs: 5 });
});
