import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readUndoFile, writeUndoFile } from '../../../src/groups/undo-file.ts';
import { undoMoves } from '../../../src/groups/undo-moves.ts';
import type { GroupOffset, GroupPartition, KafkaCluster } from '../../../src/ports/kafka-cluster.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gwctl-undo-'));
});
afterAll(async () => await rm(dir, { recursive: true }));

const AT = { topic: 'teamAusers', partition: 0, metadata: '' };
const RECORD = { cluster: 'failover', at: '2026-11-24T03:00:00.000Z', by: 'me@here', offsets: [{ ...AT, group: 'grüße', written: 9_007_199_254_740_993n, before: null }, { ...AT, group: 'b', written: 5n, before: 4n }] };

test('what is written is what is read, also beyond what a number holds; nobody else may read it, and nothing is written over', async () => {
  const file = await writeUndoFile(dir, RECORD);
  expect(await readUndoFile(file)).toEqual(RECORD);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  await expect(writeUndoFile(dir, RECORD)).rejects.toThrow(/EEXIST/);
});

test.each([
  { name: 'no JSON', text: 'x' },
  { name: 'a list', text: '[]' },
  { name: 'another version', text: JSON.stringify({ version: 2, cluster: 'a', at: '', by: '', offsets: [] }) },
  { name: 'an offset that is none', text: JSON.stringify({ version: 1, cluster: 'a', at: '', by: '', offsets: [{ group: 'g', topic: 't', partition: 0, written: 'x', before: null, metadata: '' }] }) },
  { name: 'an offset without a group', text: JSON.stringify({ version: 1, cluster: 'a', at: '', by: '', offsets: [{ topic: 't', partition: 0, written: '1', before: null, metadata: '' }] }) },
])('$name: USAGE', async ({ text }) => {
  const file = join(dir, 'other.json');
  await writeFile(file, text);
  await expect(readUndoFile(file)).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('is not an undo file') as string });
});

test('only what still stands as it was written is put back: to what stood there before, or to nothing', async () => {
  const committed: GroupOffset[] = [];
  const deleted: GroupPartition[] = [];
  const cluster = {
    groupOffsets: () => Promise.resolve({ offsets: [{ ...AT, group: 'a', offset: 7n }, { ...AT, group: 'b', offset: 5n }, { ...AT, group: 'c', offset: 3n }], unread: [{ group: 'd', why: 'its coordinator is loading' }] }),
    commitGroupOffsets: async (offsets: readonly GroupOffset[]) => {
      committed.push(...offsets);
      return [];
    },
    deleteGroupOffsets: async (offsets: readonly GroupPartition[]) => {
      deleted.push(...offsets);
      return [];
    },
  } as unknown as KafkaCluster;
  const undone = await undoMoves(cluster, [{ ...AT, group: 'a', written: 6n, before: 1n }, { ...AT, group: 'b', written: 5n, before: 4n }, { ...AT, group: 'c', written: 3n, before: null }, { ...AT, group: 'd', written: 2n, before: 1n }]);
  expect(undone).toMatchObject({ restored: 2, movedOn: [{ group: 'a' }], refused: [{ topic: AT.topic, partition: AT.partition, group: 'd', why: 'what stands there cannot be read: its coordinator is loading' }] });
  expect(committed).toMatchObject([{ group: 'b', offset: 4n }]);
  expect(deleted).toMatchObject([{ group: 'c' }]);
});
