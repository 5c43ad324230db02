import { describe, expect, test } from 'vitest';
import { encodeStateRecord, parseStateRecord, type Decision, type Intent, type StateRecord } from '../../../src/arbiter/state-record.ts';
import { decisionOn, joinedNodes, lastCommit, lastLeft, nextGeneration, openIntent, postureOf, type StateLogs } from '../../../src/arbiter/state-rules.ts';

const AT = '2026-01-01T00:00:00.000Z';
const intent = (generation: number, changes: Partial<Intent> = {}): Intent => ({ kind: 'intent', generation, from: 'main', to: 'failover', runId: `r${generation}`, by: 'tom@host', leaseMs: 1000, at: AT, ...changes });
const decision = (kind: 'commit' | 'abort', generation: number, changes: Partial<Decision> = {}): Decision => ({ kind, generation, from: 'main', to: 'failover', runId: `r${generation}`, by: 'tom@host', at: AT, ...changes });
const logs = (main: readonly StateRecord[] | undefined, failover: readonly StateRecord[] | undefined): StateLogs => new Map([['main', main], ['failover', failover]]);
const FIRST = { generation: 1, active: 'main' };

test('the first decision of a generation counts, whatever comes after it', () => {
  expect(decisionOn([decision('abort', 2), decision('commit', 2)], 'failover', 2)?.kind).toBe('abort');
  expect(decisionOn([decision('commit', 2), decision('abort', 2)], 'failover', 2)?.kind).toBe('commit');
  expect(decisionOn([decision('commit', 2)], 'failover', 3)).toBeUndefined();
});

test('a generation that was given up is used up', () => {
  expect(nextGeneration(logs([], []), 1)).toBe(2);
  expect(nextGeneration(logs([intent(2)], [decision('abort', 2)]), 1)).toBe(3);
});

test('an intent is open until it is decided, on its own log or by a copy', () => {
  expect(openIntent(logs([intent(2)], []), FIRST)?.runId).toBe('r2');
  expect(openIntent(logs([intent(2)], [decision('abort', 2)]), FIRST)).toBeUndefined();
  expect(openIntent(logs([intent(2), decision('abort', 2)], undefined), FIRST)).toBeUndefined();
});

test('a node is registered until it leaves in an orderly way', () => {
  const join = (node: string, start: string) => ({ kind: 'join', node, start, at: AT }) as const;
  const leave = (node: string, start: string) => ({ kind: 'leave', node, start, at: AT }) as const;
  expect([...joinedNodes([join('a', '1'), join('b', '1'), leave('a', '1')])]).toEqual(['b']);
  expect([...joinedNodes([join('a', '1'), join('a', '2'), leave('a', '1')])]).toEqual(['a']);
});

describe('the last switch that happened', () => {
  test('is by the log of the cluster that it led to', () => {
    expect(lastCommit(logs([], [decision('commit', 2)]))).toEqual({ generation: 2, active: 'failover' });
    expect(lastCommit(logs([], [decision('abort', 2), decision('commit', 2)]))).toBeUndefined();
  });

  test('is known by its copy when that log cannot be read, and not when that log says otherwise', () => {
    expect(lastCommit(logs([decision('commit', 2)], undefined))).toEqual({ generation: 2, active: 'failover' });
    expect(lastCommit(logs([decision('commit', 2)], [decision('abort', 2)]))).toBeUndefined();
  });
});

describe('the last generation of a cluster that was left', () => {
  const back = (generation: number): Decision => decision('commit', generation, { from: 'failover', to: 'main' });

  test.each([
    { name: 'never', main: [], failover: [], of: { main: 0, failover: 0 } },
    { name: 'once', main: [], failover: [decision('commit', 2)], of: { main: 1, failover: 0 } },
    { name: 'and was come back to; a generation was given up between', main: [decision('commit', 2), back(4)], failover: [decision('commit', 2)], of: { main: 1, failover: 3 } },
    { name: 'twice', main: [back(3)], failover: [decision('commit', 2), decision('commit', 7)], of: { main: 6, failover: 2 } },
    { name: 'by a copy, when the other log cannot be read', main: [decision('commit', 2)], failover: undefined, of: { main: 1, failover: 0 } },
    { name: 'not by a commit that came after its abort', main: [], failover: [decision('abort', 2), decision('commit', 2)], of: { main: 0, failover: 0 } },
  ])('is known: $name', ({ main, failover, of }) => {
    expect({ main: lastLeft(logs(main, failover), 'main'), failover: lastLeft(logs(main, failover), 'failover') }).toEqual(of);
  });
});

describe('a node that starts', () => {
  test('serves where nothing was ever switched', () => {
    expect(postureOf(logs([], []), FIRST)).toEqual({ kind: 'serve', standing: FIRST });
  });

  test('never comes back on the cluster that was left', () => {
    expect(postureOf(logs([], [decision('commit', 2)]), FIRST)).toEqual({ kind: 'serve', standing: { generation: 2, active: 'failover' } });
  });

  test('waits while a switch is under way', () => {
    expect(postureOf(logs([intent(2)], []), FIRST)).toMatchObject({ kind: 'wait', intent: { runId: 'r2' } });
  });

  test('cannot tell when the other cluster may have taken over, unless a node that serves says so', () => {
    expect(postureOf(logs([], undefined), FIRST).kind).toBe('unknown');
    expect(postureOf(logs([], undefined), FIRST, FIRST).kind).toBe('serve');
    expect(postureOf(logs([], undefined), FIRST, { generation: 2, active: 'failover' })).toMatchObject({ kind: 'unknown', standing: { active: 'failover' } });
    expect(postureOf(logs(undefined, []), FIRST, { generation: 2, active: 'failover' })).toEqual({ kind: 'serve', standing: { generation: 2, active: 'failover' } });
  });

  test('cannot serve what it cannot read', () => {
    expect(postureOf(logs(undefined, []), FIRST, FIRST).kind).toBe('unknown');
  });
});

describe('a record', () => {
  test.each<StateRecord>([intent(2), decision('commit', 2), { kind: 'join', node: 'a', start: '1', at: AT }])('of kind $kind comes back as it went', (record) => {
    expect(parseStateRecord(encodeStateRecord(record))).toEqual(record);
  });

  test.each(['', 'null', '[]', '"commit"', '{"kind":"toString"}', '{"kind":"commit","generation":"2"}', '{"kind":"commit","generation":2}', '{"kind":"intent","generation":2,"from":"a","to":"b","runId":"r","by":"x","at":"t"}'])('that is %s decides nothing', (text) => {
    expect(parseStateRecord(Buffer.from(text))).toBeUndefined();
  });
});
