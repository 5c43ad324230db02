import { expect, test } from 'vitest';
import type { ClientEvent } from '../../support/client-matrix/client-event.ts';
import { parseEvent } from '../../support/client-matrix/client-event.ts';
import { MATRIX_CLIENTS } from '../../support/client-matrix/client-table.ts';
import { judgeClient, problemsOf } from '../../support/client-matrix/judge-client.ts';

const plain = clientNamed('kafkajs');
const idempotent = clientNamed('librdkafka-idempotent');
const transactional = clientNamed('java43-transactional');

const LOG = [0, 1, 2].map((sequence) => ({ partition: 0, offset: BigInt(sequence), value: valueOf(sequence) }));
const CLEAN = [0, 1, 2].flatMap((sequence) => [sent(sequence), acked(sequence), received(sequence)]);
const FED = CLEAN.map((event) => ({ ...event, s: 'in' as const }));
const SEEN = { isAlive: true, leadersMove: false, backendPorts: [] };

test.each([
  { name: 'a client that did not notice', client: plain, events: CLEAN, problems: [] },
  { name: 'dead after the switch', client: plain, events: CLEAN, seen: { ...SEEN, isAlive: false }, problems: ['not alive after the switch'] },
  { name: 'acknowledged and not on the log', client: plain, events: [...CLEAN, sent(3), acked(3)], problems: ['lost: 1 (x/p1/3)'] },
  { name: 'twice on the log', client: plain, events: CLEAN, log: [...LOG, { partition: 0, offset: 3n, value: valueOf(1) }], problems: ['duplicated: 1 (x/p1/1)'] },
  { name: 'not delivered before a later one', client: plain, events: CLEAN.filter((event) => event.e !== 'received' || event.v !== valueOf(1)), problems: ['skipped: 1 (x/p1/1)'] },
  { name: 'redelivered to a member of a group', client: plain, events: [...CLEAN, received(1), received(2)], problems: ['redelivered: 2'] },
  { name: 'redelivered to a consumer without a group, which is counted and no problem', client: clientNamed('java43-assign'), events: [...CLEAN, received(1), received(2)], problems: [] },
  { name: 'read again by a processor whose transaction was aborted', client: transactional, events: [...FED, ...CLEAN, { ...received(1), s: 'in' as const }, error({ abortable: true })], problems: [] },
  { name: 'another order, of a client that may reorder', client: plain, events: CLEAN, log: swapped(), problems: [] },
  { name: 'another order, of one that may not', client: idempotent, events: CLEAN, log: swapped(), problems: ['reordered: 1 (x/p1/0)'] },
  { name: 'an error of the library', client: plain, events: [...CLEAN, error({})], problems: ['errors shown to the application: 1 (allowed: none), no'] },
  { name: 'past the gateway', client: plain, events: CLEAN, seen: { ...SEEN, backendPorts: [9093, 9092] }, problems: ['connected to brokers past the gateway: ports 9092, 9093'] },
  { name: 'one aborted transaction', client: transactional, events: [...FED, ...CLEAN, error({ abortable: true })], problems: [] },
  { name: 'two aborted transactions', client: transactional, events: [...FED, ...CLEAN, error({ abortable: true }), error({ abortable: true })], problems: ['errors shown to the application: 2 (allowed: one abortable), no | no'] },
  { name: 'a transaction that is the last', client: transactional, events: [...FED, ...CLEAN, error({ fatal: true })], problems: ['errors shown to the application: 1 (allowed: one abortable), no'] },
  { name: 'a transaction that left out what was fed', client: transactional, events: [...FED, ...CLEAN.filter((event) => !('v' in event) || event.v !== valueOf(2))], out: LOG.slice(0, 2), problems: [] },
  { name: 'read again by a client that fetches from both leaders, where they move', client: clientNamed('platformatic'), seen: { ...SEEN, leadersMove: true }, events: [...CLEAN, received(1)], problems: [] },
  { name: 'read again by it where they do not', client: clientNamed('platformatic'), events: [...CLEAN, received(1)], problems: ['redelivered: 1'] },
  { name: 'read again by another where they move', client: plain, seen: { ...SEEN, leadersMove: true }, events: [...CLEAN, received(1)], problems: ['redelivered: 1'] },
])('$name', ({ client, events, log = LOG, out, seen = SEEN, problems }) => {
  expect(problemsOf(judgeClient(client, events, { out: out ?? log, in: LOG }, seen))).toEqual(problems);
});

test('a value of a transaction that was aborted and done again is one record', () => {
  const row = judgeClient(transactional, [...FED, sent(0), ...CLEAN], { out: LOG, in: LOG }, SEEN);
  expect(row.verdict).toMatchObject({ sent: 3, acknowledged: 3 });
});

test('only events are read from what a program prints', () => {
  expect(['', '% kcat', '{', '{"t":1}', 'null', JSON.stringify(sent(0))].map(parseEvent)).toEqual([undefined, undefined, undefined, undefined, undefined, sent(0)]);
});

function clientNamed(name: string) {
  const found = MATRIX_CLIENTS.find((client) => client.name === name);
  if (found === undefined) throw new Error(`no client ${name}`);
  return found;
}

function valueOf(sequence: number): string {
  return `x/p1/${sequence}`;
}

function sent(sequence: number): ClientEvent {
  return { t: sequence, c: 'x', e: 'sent', v: valueOf(sequence), p: 0 };
}

function acked(sequence: number): ClientEvent {
  return { t: sequence, c: 'x', e: 'acked', v: valueOf(sequence) };
}

function received(sequence: number): ClientEvent {
  return { t: sequence, c: 'x', e: 'received', v: valueOf(sequence), p: 0, o: sequence };
}

function error(kind: { readonly fatal?: boolean; readonly abortable?: boolean }): ClientEvent {
  return { t: 9, c: 'x', e: 'error', m: 'no', ...kind };
}

function swapped() {
  return LOG.map((record, index) => ({ ...record, value: valueOf([1, 0, 2][index] ?? 0) }));
}
