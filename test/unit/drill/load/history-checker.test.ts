import { describe, expect, test } from 'vitest';
import { checkHistory, type HistoryVerdict } from '../../../../src/drill/load/history-checker.ts';
import type { DeliveredRecord, History, LoggedRecord, SentRecord } from '../../../../src/drill/load/history.ts';

/** `a0` is record 0 of producer a; acknowledged 5 ms after it was due unless said otherwise. */
function sent(value: string, parts: Partial<SentRecord> = {}): SentRecord {
  const sequence = Number(value.slice(1));
  return { producer: value.charAt(0), partition: 0, sequence, value, dueAtMs: sequence * 10, acknowledgedAtMs: sequence * 10 + 5, ...parts };
}

const logged = (value: string, offset: number, partition = 0): LoggedRecord => ({ value, offset: BigInt(offset), partition });
const delivered = (value: string, offset: number, parts: Partial<DeliveredRecord> = {}): DeliveredRecord => ({ consumer: 'c', partition: 0, offset: BigInt(offset), value, atMs: offset * 10, ...parts });
const unknown = { acknowledgedAtMs: undefined };

const CLEAN: History = {
  sent: [sent('a0'), sent('a1'), sent('b0')],
  log: [logged('a0', 0), logged('b0', 1), logged('a1', 3)], // offset 2 is a transaction marker
  delivered: [delivered('a0', 0), delivered('b0', 1), delivered('a1', 3)],
  errors: [],
};

const NEVER = ['lost', 'duplicated', 'invented', 'reordered', 'skipped', 'unseen', 'deliveredLate', 'vanished'] as const;

function foundIn(verdict: HistoryVerdict): Partial<Record<(typeof NEVER)[number], readonly string[]>> {
  return Object.fromEntries(NEVER.filter((what) => verdict[what].count > 0).map((what) => [what, verdict[what].examples]));
}

describe('what must never happen', () => {
  test.each<{ name: string; history: Partial<History>; found: object }>([
    { name: 'a clean history: nothing', history: {}, found: {} },
    { name: 'no history: nothing', history: { sent: [], log: [], delivered: [] }, found: {} },
    { name: 'lost: acknowledged and not on the log', history: { sent: [...CLEAN.sent, sent('a2')] }, found: { lost: ['a2'] } },
    { name: 'not lost: not acknowledged and not on the log', history: { sent: [...CLEAN.sent, sent('a2', unknown)] }, found: {} },
    { name: 'lost, although the group had read it before', history: { sent: [...CLEAN.sent, sent('a2')], delivered: [...CLEAN.delivered, delivered('a2', 4)] }, found: { lost: ['a2'] } },
    { name: 'duplicated: one value at two offsets', history: { log: [...CLEAN.log, logged('a1', 4)], delivered: [...CLEAN.delivered, delivered('a1', 4)] }, found: { duplicated: ['a1'] } },
    { name: 'duplicated: one value in two partitions', history: { log: [...CLEAN.log, logged('a1', 0, 1)] }, found: { duplicated: ['a1'] } },
    { name: 'duplicated, although nobody got an acknowledgement', history: { sent: [sent('a0', unknown), sent('a1'), sent('b0')], log: [...CLEAN.log, logged('a0', 4)] }, found: { duplicated: ['a0'] } },
    { name: 'invented: on the log, and nobody sent it', history: { log: [...CLEAN.log, logged('x0', 4)], delivered: [...CLEAN.delivered, delivered('x0', 4)] }, found: { invented: ['x0'] } },
    { name: 'reordered: behind a later record of its producer', history: { log: [logged('a1', 0), logged('b0', 1), logged('a0', 3)], delivered: [delivered('a1', 0), delivered('b0', 1), delivered('a0', 3)] }, found: { reordered: ['a0'] } },
    { name: 'not reordered: in another partition', history: { sent: [sent('a0', { partition: 1 }), sent('a1'), sent('b0')], log: [logged('a1', 0), logged('b0', 1), logged('a0', 3, 1)], delivered: [delivered('a1', 0), delivered('b0', 1), delivered('a0', 3, { partition: 1 })] }, found: {} },
    { name: 'skipped: a later one of the partition was delivered', history: { delivered: [delivered('a0', 0), delivered('a1', 3)] }, found: { skipped: ['b0'] } },
    { name: 'unseen: nothing behind it was delivered', history: { delivered: [delivered('a0', 0), delivered('b0', 1)] }, found: { unseen: ['a1'] } },
    { name: 'unseen, not skipped: only another partition went on', history: { log: [logged('a0', 0), logged('b0', 1), logged('a1', 9, 1)], delivered: [delivered('a0', 0), delivered('a1', 9, { partition: 1 })] }, found: { unseen: ['b0'] } },
    { name: 'delivered late: for the first time after a later one', history: { delivered: [delivered('a0', 0), delivered('a1', 3), delivered('b0', 1)] }, found: { deliveredLate: ['b0'] } },
    { name: 'not late: delivered again after a rebalance', history: { delivered: [...CLEAN.delivered, delivered('a0', 0), delivered('b0', 1)] }, found: {} },
    { name: 'vanished: read before it was safe', history: { sent: [...CLEAN.sent, sent('a2', unknown)], delivered: [...CLEAN.delivered, delivered('a2', 4)] }, found: { vanished: ['a2'] } },
  ])('$name', ({ history, found }) => expect(foundIn(checkHistory({ ...CLEAN, ...history }))).toEqual(found));

  test('the log may come in any order', () => {
    expect(foundIn(checkHistory({ ...CLEAN, log: CLEAN.log.toReversed() }))).toEqual({});
  });

  test('offsets of the log count, not those of deliveries: they are another cluster\'s before the switch', () => {
    const fromSource = CLEAN.delivered.map((record) => ({ ...record, offset: record.offset + 1000n }));
    expect(foundIn(checkHistory({ ...CLEAN, delivered: fromSource }))).toEqual({});
  });

  test('five examples, and the number of all', () => {
    const many = Array.from({ length: 8 }, (_, index) => sent(`c${index}`));
    expect(checkHistory({ ...CLEAN, sent: [...CLEAN.sent, ...many] }).lost).toEqual({ count: 8, examples: ['c0', 'c1', 'c2', 'c3', 'c4'] });
  });
});

describe('what is counted and measured', () => {
  test('redelivered: deliveries beyond the first of each value', () => {
    const again = [delivered('a0', 0), delivered('a0', 0), delivered('b0', 1)];
    expect(checkHistory({ ...CLEAN, delivered: [...CLEAN.delivered, ...again] }).redelivered).toBe(3);
    expect(checkHistory(CLEAN).redelivered).toBe(0);
  });

  test('a send that timed out may have been written', () => {
    expect(checkHistory({ ...CLEAN, sent: [sent('a0', unknown), sent('a1'), sent('b0')] })).toMatchObject({ acknowledged: 2, unacknowledgedOnLog: 1, lost: { count: 0 } });
  });

  test('the longest gap of acknowledgements is one producer\'s: another that goes on does not hide it', () => {
    const stuck = [sent('a0', { acknowledgedAtMs: 10 }), sent('a1', { acknowledgedAtMs: 910 }), sent('a2', { acknowledgedAtMs: 920 })];
    const lively = Array.from({ length: 10 }, (_, index) => sent(`b${index}`, { acknowledgedAtMs: index * 100 }));
    expect(checkHistory({ ...CLEAN, sent: [...stuck, ...lively] }).longestAckGapMs).toBe(900);
  });

  test('the longest gap of deliveries is one partition\'s', () => {
    const deliveries = [delivered('a0', 0, { atMs: 0 }), delivered('a1', 3, { atMs: 500 }), delivered('b0', 1, { atMs: 250, partition: 1 })];
    expect(checkHistory({ ...CLEAN, delivered: deliveries }).longestDeliveryGapMs).toBe(500);
  });

  test('latency counts from the time a record was due, so that a pause is seen in full', () => {
    const held = [0, 10, 20, 30].map((dueAtMs, sequence) => sent(`a${sequence}`, { dueAtMs, acknowledgedAtMs: 100 }));
    expect(checkHistory({ ...CLEAN, sent: held }).ackLatencyMs).toEqual({ median: 80, p99: 100, max: 100 });
  });

  test('nothing was sent: all zero', () => {
    expect(checkHistory({ sent: [], delivered: [], log: [], errors: [] })).toMatchObject({ longestAckGapMs: 0, longestDeliveryGapMs: 0, ackLatencyMs: { median: 0, p99: 0, max: 0 } });
  });
});
