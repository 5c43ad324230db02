import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { answerDuringDrain } from '../../../src/gateway/group-answers.ts';
import { GroupGate } from '../../../src/gateway/group-gate.ts';
import { API } from '../../../src/gateway/api-table.ts';
import { ERROR } from '../../../src/wire/error-codes.ts';

const NEVER = new AbortController().signal;
let gate: GroupGate;

beforeEach(() => {
  vi.useFakeTimers();
  gate = new GroupGate(25_000);
});
afterEach(() => void vi.useRealTimers());

const ask = (apiKey: number, request: Record<string, unknown>) => answerDuringDrain(apiKey, 3, request, gate, NEVER, () => {});
const member = (memberId: string) => ({ groupId: 'teamAg', memberId, members: [] });

test('while nothing is drained everything goes on to the broker', async () => {
  for (const key of [API.heartbeat, API.syncGroup, API.joinGroup, API.fetch, API.leaveGroup, API.metadata]) {
    expect(await ask(key, { ...member('m1'), maxWaitMs: 500, sessionId: 0 })).toBeUndefined();
  }
});

describe('a drain', () => {
  beforeEach(async () => {
    await ask(API.heartbeat, member('m1'));
    await ask(API.heartbeat, member('m2'));
  });

  test('tells members to rebalance, and is done when all have asked to join', async () => {
    const drained = gate.drain(6000);
    expect(await ask(API.heartbeat, member('m1'))).toMatchObject({ errorCode: ERROR.REBALANCE_IN_PROGRESS });
    expect(await ask(API.syncGroup, member('m1'))).toMatchObject({ errorCode: ERROR.REBALANCE_IN_PROGRESS });
    void ask(API.joinGroup, member('m1'));
    void ask(API.joinGroup, member('m2'));
    expect(await drained).toEqual({ members: 2, drained: 2 });
  });

  test('does not wait for a member that leaves', async () => {
    const drained = gate.drain(6000);
    void ask(API.joinGroup, member('m1'));
    await ask(API.leaveGroup, member('m2'));
    expect(await drained).toEqual({ members: 1, drained: 1 });
  });

  test('does not wait longer than it may', async () => {
    const drained = gate.drain(6000);
    void ask(API.joinGroup, member('m1'));
    await vi.advanceTimersByTimeAsync(6000);
    expect(await drained).toEqual({ members: 2, drained: 1 });
  });

  test('does not count members that were last heard of long ago', async () => {
    await vi.advanceTimersByTimeAsync(45_001);
    expect(await gate.drain(6000)).toEqual({ members: 0, drained: 0 });
  });

  test('lets commits pass, and answers fetches with nothing, so that nothing uncommitted is read', async () => {
    void gate.drain(6000);
    expect(await ask(API.offsetCommit, member('m1'))).toBeUndefined();
    const fetch = ask(API.fetch, { maxWaitMs: 5000, sessionId: 7, topics: [] });
    await vi.advanceTimersByTimeAsync(200);
    expect(await fetch).toMatchObject({ errorCode: 0, sessionId: 7, responses: [] });
  });

  test.each([
    { name: 'on the other cluster the member is a stranger', verdict: 'moved' as const, answer: { errorCode: ERROR.UNKNOWN_MEMBER_ID, memberId: '' } },
    { name: 'on the same cluster its join goes on', verdict: 'same' as const, answer: undefined },
  ])('ends: $name', async ({ verdict, answer }) => {
    void gate.drain(6000);
    const join = ask(API.joinGroup, member('m1'));
    const fresh = ask(API.joinGroup, member(''));
    gate.open(verdict);
    if (answer === undefined) expect(await join).toBeUndefined();
    else expect(await join).toMatchObject(answer);
    expect(await fresh).toBeUndefined();
  });

  test('a fetch that is held when the cluster changes asks for fresh metadata', async () => {
    void gate.drain(6000);
    const fetch = ask(API.fetch, { maxWaitMs: 5000, sessionId: 0, topics: [{ topic: 'teamAusers', partitions: [{ partition: 0 }] }] });
    gate.open('moved');
    expect(await fetch).toMatchObject({ responses: [{ topic: 'teamAusers', partitions: [{ errorCode: ERROR.NOT_LEADER_OR_FOLLOWER }] }] });
  });

  test('no join is held longer than a client waits', async () => {
    void gate.drain(6000);
    await vi.advanceTimersByTimeAsync(10_000);
    const join = ask(API.joinGroup, member('m1'));
    await vi.advanceTimersByTimeAsync(15_000);
    expect(await join).toMatchObject({ errorCode: ERROR.REBALANCE_IN_PROGRESS, memberId: 'm1' });
  });
});
