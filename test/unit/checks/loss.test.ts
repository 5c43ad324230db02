import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exceeds, judgeLoss } from '../../../src/checks/loss-budget.ts';
import { computeLoss, describeLoss, type Loss, type LossEvidence } from '../../../src/checks/loss.ts';
import type { Seen } from '../../../src/checks/observation.ts';
import { PartitionAcks } from '../../../src/gateway/acknowledged/partition-acks.ts';
import type { AckReport, AckRun, PartitionAcksReport } from '../../../src/shared/admin-api.ts';

const run = (base: number, records: number, changes: Partial<AckRun> = {}): AckRun => ({ base, last: base + records - 1, records, bytes: records * 10, fromMs: 1000, toMs: 2000, isTransactional: false, ...changes });
const partition = (topic: string, runs: readonly AckRun[], unknownBelow = 0): PartitionAcksReport => ({ topic, partition: 0, unknownBelow, runs });
const report = (node: string, partitions: readonly PartitionAcksReport[], gap: string | null = null): { name: string; report: Seen<AckReport> } => ({
  name: node,
  report: { ok: true, value: { node, clusters: [{ cluster: 'main', since: '2026-11-24T03:00:00.000Z', gap, partitions }] } },
});
const loss = (nodes: LossEvidence['nodes'], positions: Readonly<Record<string, bigint>> = {}, topics = '.*'): Loss =>
  computeLoss({ from: 'main', link: { topics }, nodes, positions: { ok: true, value: new Map(Object.entries(positions)) } });

describe('the loss', () => {
  test('is what was acknowledged behind the last record that was copied', () => {
    expect(loss([report('a', [partition('t', [run(0, 10), run(20, 10)])]), report('b', [partition('t', [run(10, 10, { fromMs: 500 })])])], { 't-0': 14n })).toMatchObject({
      records: 15, bytes: 150, seconds: 1.5, isExact: true, unknown: [], topics: [{ topic: 't', partitions: 1, records: 15 }],
    });
  });

  test('is nothing where everything was copied, whatever was acknowledged', () => {
    expect(loss([report('a', [partition('t', [run(0, 10)], 4)])], { 't-0': 9n })).toEqual({ topics: [], records: 0, bytes: 0, seconds: 0, isExact: true, unknown: [], notMirrored: [] });
  });

  test('is everything of a topic that was never copied', () => {
    expect(loss([report('a', [partition('t', [run(0, 3)])])])).toMatchObject({ records: 3, isExact: true });
  });

  test('leaves out what the nodes write themselves, and names topics that no link copies', () => {
    expect(loss([report('a', [partition('_auditLogs', [run(0, 3)]), partition('_gwctlcanary', [run(0, 3)]), partition('other', [run(0, 3)], 9), partition('quiet', [], 9)])], {}, 'team.*')).toMatchObject({ records: 0, unknown: [], notMirrored: ['other'] });
  });

  test('counts a batch once that two nodes have acknowledged', () => {
    expect(loss([report('a', [partition('t', [run(0, 10)])]), report('b', [partition('t', [run(5, 5), run(10, 2)])])])).toMatchObject({ records: 12, isExact: true });
  });

  test('is an upper bound with transactions, and where the memory is coarse', () => {
    expect(loss([report('a', [partition('t', [run(0, 10, { isTransactional: true })])])])).toMatchObject({ records: 10, isExact: false });
    expect(loss([report('a', [partition('t', [run(0, 4, { last: 99 })])])], { 't-0': 50n })).toMatchObject({ records: 4, isExact: false });
    expect(loss([report('a', [partition('t', [run(60, 4, { last: 99 })])])], { 't-0': 50n })).toMatchObject({ records: 4, isExact: true });
  });

  test('equals the acknowledged offsets behind the position, for any history of two nodes', () => {
    const history = fc.array(fc.record({ records: fc.integer({ min: 1, max: 6 }), by: fc.constantFrom('a', 'b', 'both', 'nobody'), atMs: fc.integer({ min: 0, max: 5000 }) }), { maxLength: 60 });
    fc.assert(fc.property(history, fc.integer({ min: -1, max: 200 }), (batches, position) => {
      const acks = { a: new PartitionAcks(), b: new PartitionAcks() };
      let base = 0;
      const expected: number[] = [];
      for (const { records, by, atMs } of batches) {
        for (const node of ['a', 'b'] as const) if (by === node || by === 'both') acks[node].add({ topic: 't', partition: 0, base, records, bytes: records, atMs, isTransactional: false }, 1000);
        if (by !== 'nobody') for (let offset = base; offset < base + records; offset++) if (offset > position) expected.push(offset);
        base += records;
      }
      const found = loss([report('a', [partition('t', acks.a.runs)]), report('b', [partition('t', acks.b.runs)])], position < 0 ? {} : { 't-0': BigInt(position) });
      expect([found.records, found.isExact, found.unknown]).toEqual([expected.length, true, []]);
    }));
  });
});

describe('nobody guesses', () => {
  const copied = { ok: true, value: new Map([['t-0', 9n]]) } as const;
  test.each<{ name: string; evidence: Partial<LossEvidence>; why: RegExp }>([
    { name: 'a node that does not answer', evidence: { nodes: [{ name: 'gateway2', report: { ok: false, why: 'no answer within 2000 ms' } }] }, why: /what gateway2 has acknowledged is not known: no answer/ },
    { name: 'positions that cannot be read', evidence: { positions: { ok: false, why: 'failover is down' } }, why: /how far main was copied is not known: failover is down/ },
    { name: 'a node that has just started', evidence: { nodes: [report('gateway1', [], 'the node has just started')] }, why: /before 2026.* is not known: the node has just started/ },
    { name: 'a node that has started since, in a partition that was not copied up to there', evidence: { nodes: [report('gateway1', [partition('t', [run(20, 1)], 11)])] }, why: /gateway1 remembers since .*: t-0 \(copied up to 9, remembered from 11\)/ },
  ])('$name', ({ evidence, why }) => {
    const found = computeLoss({ from: 'main', link: { topics: '.*' }, nodes: [report('gateway1', [])], positions: copied, ...evidence });
    expect(found.unknown.join('; ')).toMatch(why);
    expect(judgeLoss(found, { maxRecords: 1e9 }).status).toBe('fail');
    expect(judgeLoss(found, { acceptedBy: 'ann' })).toMatchObject({ status: 'warn', evidence: expect.stringMatching(/accepted by ann/) as string });
    expect(exceeds(found, found, {})).toMatch(/^unknown/);
    expect(exceeds(found, found, { acceptedBy: 'ann' })).toBeUndefined();
  });

  test('a node that has started since, where everything from before is there, knows all', () => {
    expect(computeLoss({ from: 'main', link: { topics: '.*' }, nodes: [report('gateway1', [partition('t', [run(20, 1)], 10)])], positions: copied }).unknown).toEqual([]);
  });
});

describe('a budget', () => {
  const ten = loss([report('a', [partition('t', [run(0, 10)])])]);
  test.each([
    { budget: { maxRecords: 10 }, status: 'pass' },
    { budget: { maxRecords: 9 }, status: 'fail' },
    { budget: { maxSeconds: 1 }, status: 'pass' },
    { budget: { maxSeconds: 0.9 }, status: 'fail' },
    { budget: { maxRecords: 10, maxSeconds: 0.9 }, status: 'fail' },
    { budget: {}, status: 'fail' },
    { budget: { maxRecords: 0, acceptedBy: 'ann' }, status: 'warn' },
  ])('$budget: $status', ({ budget, status }) => expect(judgeLoss(ten, budget).status).toBe(status));

  test('nothing lost needs none', () => expect(judgeLoss(loss([report('a', [])]), {})).toMatchObject({ status: 'pass', evidence: 'no record' }));

  test('more than was consented to is too much, unless a budget allows it', () => {
    const eleven = loss([report('a', [partition('t', [run(0, 11)])])]);
    expect(exceeds(ten, ten, {})).toBeUndefined();
    expect(exceeds(eleven, ten, {})).toMatch(/^11 records.* consented were 10 records/);
    expect(exceeds(eleven, ten, { maxRecords: 11 })).toBeUndefined();
    expect(exceeds(eleven, ten, { maxRecords: 10 })).toMatch(/allowed: 10 records/);
  });

  test('in words', () => {
    expect(describeLoss(ten)).toBe('10 records, 100 bytes, acknowledged within 1.0 s, in 1 topic');
    expect(describeLoss({ ...ten, isExact: false, records: 1 })).toBe('at most 1 record, 100 bytes, acknowledged within 1.0 s, in 1 topic');
  });
});
