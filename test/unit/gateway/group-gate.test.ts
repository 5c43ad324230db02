import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { answerDuringDrain } from '../../../src/gateway/groups/group-answers.ts';
import { UNKNOWN_SOFTWARE } from '../../../src/gateway/client-software.ts';
import { GroupGate } from '../../../src/gateway/groups/group-gate.ts';
import { API } from '../../../src/gateway/api-table.ts';
import { readVersioned } from '../../../src/wire/consumer-protocol.ts';
import { ERROR } from '../../../src/wire/error-codes.ts';
import { consumerProtocolAssignment } from '../../../src/wire/generated/consumer-protocol-assignment.ts';

const NEVER = new AbortController().signal;
let gate: GroupGate;

beforeEach(() => {
  vi.useFakeTimers();
  gate = new GroupGate(25_000);
});
afterEach(() => void vi.useRealTimers());

const ask = (apiKey: number, request: Record<string, unknown>, software = UNKNOWN_SOFTWARE) => answerDuringDrain(apiKey, 3, request, software, gate, NEVER, () => {});
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

  test('tells members to rebalance once they have what was fetched before, and is done when all have asked to join', async () => {
    const drained = gate.drain(6000);
    expect(await ask(API.heartbeat, member('m1'))).toMatchObject({ errorCode: 0 });
    await vi.advanceTimersByTimeAsync(250);
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

  test('waits for no more members than a node remembers: whoever was silent for longest is forgotten, and a name that is too long never remembered', async () => {
    await ask(API.heartbeat, member('m'.repeat(2001)));
    for (let index = 0; index < 19_999; index++) await ask(API.heartbeat, member(`other-${index}`));
    const drained = gate.drain(6000);
    void ask(API.joinGroup, member('m1'));
    void ask(API.joinGroup, member('m2'));
    await vi.advanceTimersByTimeAsync(6000);
    expect(await drained).toEqual({ members: 20_000, drained: 1 });
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

describe('a drain of a member of a new group (KIP-848)', () => {
  const heartbeat = (memberEpoch: number, topics: number | null) => ask(API.consumerGroupHeartbeat, { groupId: 'teamAg', memberId: 'm1', memberEpoch, topicPartitions: topics === null ? null : Array.from({ length: topics }, () => ({ partitions: [0] })) });

  beforeEach(async () => {
    expect(await heartbeat(0, 0)).toBeUndefined();
    expect(await heartbeat(4, 1)).toBeUndefined();
  });

  test('takes its partitions away, and is done when it says that it has none', async () => {
    const drained = gate.drain(6000);
    expect(await heartbeat(4, null)).toMatchObject({ errorCode: 0, memberId: 'm1', memberEpoch: 4, assignment: { topicPartitions: [] } });
    let isDone = false;
    void drained.then(() => (isDone = true));
    await vi.advanceTimersByTimeAsync(1000);
    expect(isDone).toBe(false);
    await heartbeat(4, 0);
    expect(await drained).toEqual({ members: 1, drained: 1 });
  });

  test('does not wait for a member without partitions any longer than for its heartbeat', async () => {
    await heartbeat(5, 0);
    const drained = gate.drain(6000);
    await heartbeat(5, null);
    expect(await drained).toEqual({ members: 1, drained: 1 });
  });

  test('does not wait for a member that leaves', async () => {
    const drained = gate.drain(6000);
    expect(await heartbeat(-1, null)).toBeUndefined();
    expect(await drained).toEqual({ members: 0, drained: 0 });
  });

  test('holds who joins until it is over', async () => {
    void gate.drain(6000);
    const joined = heartbeat(0, 0);
    gate.open('moved');
    expect(await joined).toBeUndefined();
  });

  test('that ends on the same cluster makes it join again, once: its broker believes that it owns what it gave up', async () => {
    void gate.drain(6000);
    await heartbeat(4, 0);
    gate.open('same');
    expect(await heartbeat(4, null)).toMatchObject({ errorCode: ERROR.FENCED_MEMBER_EPOCH });
    expect(await heartbeat(4, null)).toBeUndefined();
  });

  test('that ends before its heartbeat does not touch it', async () => {
    void gate.drain(6000);
    gate.open('same');
    expect(await heartbeat(4, null)).toBeUndefined();
  });
});

describe('a drain of a client that commits by a timer and keeps its partitions while it joins (franz-go)', () => {
  const FRANZ_GO = { name: 'kgo', version: '1' };
  const beat = () => ask(API.heartbeat, { ...member('m1'), generationId: 7 }, FRANZ_GO);
  const join = (memberId = 'm1') => ask(API.joinGroup, { ...member(memberId), protocolType: 'consumer', protocols: [{ name: 'cooperative-sticky' }] }, FRANZ_GO);

  beforeEach(async () => {
    await beat();
  });

  test('waits for the timer before it tells of a rebalance; nobody else is given that time', async () => {
    void gate.drain(6000);
    await vi.advanceTimersByTimeAsync(250);
    expect(await beat()).toMatchObject({ errorCode: 0 });
    expect(await ask(API.heartbeat, member('m2'))).toMatchObject({ errorCode: ERROR.REBALANCE_IN_PROGRESS });
    await vi.advanceTimersByTimeAsync(1300);
    expect(await beat()).toMatchObject({ errorCode: ERROR.REBALANCE_IN_PROGRESS });
  });

  test('assigns it nothing, in the generation in which it may still commit, and holds its next join', async () => {
    const drained = gate.drain(6000);
    expect(await join()).toMatchObject({ errorCode: 0, generationId: 7, memberId: 'm1', protocolName: 'cooperative-sticky', leader: 'gwctl', members: [] });
    const synced = await ask(API.syncGroup, { ...member('m1'), protocolType: 'consumer', protocolName: 'cooperative-sticky' }, FRANZ_GO);
    expect(synced).toMatchObject({ errorCode: 0, protocolName: 'cooperative-sticky' });
    expect(readVersioned(consumerProtocolAssignment, synced?.['assignment'] as Buffer).value.assignedPartitions).toEqual([]);
    const held = join();
    expect(await drained).toEqual({ members: 1, drained: 1 });
    gate.open('moved');
    expect(await held).toMatchObject({ errorCode: ERROR.UNKNOWN_MEMBER_ID });
  });

  test.each([{ name: 'once', drains: 1 }, { name: 'twice, before it was heard of', drains: 2 }])('that ends on the same cluster, $name, makes it join again, once: its broker believes that it has what it gave up', async ({ drains }) => {
    void gate.drain(6000);
    await join();
    gate.open('same');
    for (let more = 1; more < drains; more++) {
      void gate.drain(6000);
      gate.open('same');
    }
    expect(await beat()).toMatchObject({ errorCode: ERROR.REBALANCE_IN_PROGRESS });
    expect(await beat()).toBeUndefined();
  });

  test.each([{ name: 'held', isHeld: true }, { name: 'made afterwards', isHeld: false }])('that ends on the same cluster leaves alone who joins there, its join $name', async ({ isHeld }) => {
    void gate.drain(6000);
    await join();
    const held = isHeld ? join() : undefined;
    gate.open('same');
    expect(await (held ?? join())).toBeUndefined();
    expect(await beat()).toBeUndefined();
  });

  test('who is no member yet is only held', async () => {
    void gate.drain(6000);
    const held = join('');
    gate.open('moved');
    expect(await held).toBeUndefined();
  });
});
