import { expect, test } from 'vitest';
import type { OffsetQuery } from '../../../src/client/list-offsets.ts';
import { API } from '../../../src/gateway/api-table.ts';
import { correctOffsets } from '../../../src/gateway/answers/correct-offsets.ts';
import { ERROR } from '../../../src/wire/error-codes.ts';

const NOT_HERE = { errorCode: ERROR.NOT_LEADER_OR_FOLLOWER, offset: -1n, timestamp: -1n };
const REQUEST = { isolationLevel: 1, topics: [{ name: 'teamAusers', partitions: [{ partitionIndex: 0, timestamp: -2n }, { partitionIndex: 1, timestamp: -1n }] }] };
const answered = (second: object) => ({ topics: [{ name: 'teamAusers', partitions: [{ partitionIndex: 0, errorCode: 0, offset: 3n, timestamp: -1n }, { partitionIndex: 1, ...second }] }] });

function node(isSettling = true, errorCode = 0) {
  const asked: OffsetQuery[] = [];
  return { asked, isSettling, listOffsets: async (queries: readonly OffsetQuery[]) => {
    asked.push(...queries);
    return queries.map(({ topic, partition }) => ({ topic, partition, errorCode, offset: 42n, timestamp: -1n }));
  } };
}

test('what a broker does not lead is asked of its leader, as the client asked', async () => {
  const answer = answered(NOT_HERE);
  const there = node();
  await correctOffsets({ apiKey: API.listOffsets, request: REQUEST }, answer, there);
  expect(there.asked).toEqual([{ topic: 'teamAusers', partition: 1, timestamp: -1n, isolation: 'read_committed' }]);
  expect(answer).toMatchObject(answered({ errorCode: 0, offset: 42n, leaderEpoch: -1 }));
});

test.each([
  { name: 'long after a switch', there: node(false), answer: answered(NOT_HERE) },
  { name: 'where its leader does not know either', there: node(true, ERROR.UNKNOWN_TOPIC_OR_PARTITION), answer: answered(NOT_HERE) },
  { name: 'where nobody can be asked', there: { isSettling: true, listOffsets: async () => Promise.reject(new Error('no broker')) }, answer: answered(NOT_HERE) },
  { name: 'where the broker has another reason', there: node(), answer: answered({ errorCode: ERROR.OFFSET_NOT_AVAILABLE, offset: -1n }) },
])('the answer stays as it is $name', async ({ there, answer }) => {
  const before = structuredClone(answer);
  await correctOffsets({ apiKey: API.listOffsets, request: REQUEST }, answer, there);
  expect(answer).toEqual(before);
});
