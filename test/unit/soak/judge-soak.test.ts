import { expect, test } from 'vitest';
import { checkHistory } from '../../../src/drill/load/history-checker.ts';
import type { LoggedRecord } from '../../../src/drill/load/history.ts';
import type { ClientEvent } from '../../support/client-matrix/client-event.ts';
import { inFlightDuring, problemsOf } from '../../soak/judge-soak.ts';

const RATE = 1;
const VALUES = Array.from({ length: 4 }, (_, index) => `c/p1/${index}`);
const LOG: readonly LoggedRecord[] = VALUES.map((value, index) => ({ partition: 0, offset: BigInt(index), value }));
const sentAt = (t: number, v: string): ClientEvent => ({ t, c: 'c', e: 'sent', v, p: 0 });
const ackedAt = (t: number, v: string): ClientEvent => ({ t, c: 'c', e: 'acked', v });

function problems(log: readonly LoggedRecord[], { mayBeTwice = [], rereads = 0 }: { readonly mayBeTwice?: readonly string[]; readonly rereads?: number } = {}): readonly string[] {
  const sent = VALUES.map((value, sequence) => ({ producer: 'c', partition: 0, sequence, value, dueAtMs: sequence, acknowledgedAtMs: sequence }));
  const deliver = ({ partition, offset, value }: LoggedRecord) => ({ consumer: 'c', partition, offset, value, atMs: 0 });
  const delivered = [...log.map(deliver), ...Array.from({ length: rereads }, () => deliver(LOG[0] as LoggedRecord))];
  return problemsOf({ verdict: checkHistory({ sent, delivered, log, errors: [] }), log, ratePerSecond: RATE, mayBeTwice: new Set(mayBeTwice) });
}

const again = (value: string): LoggedRecord => ({ partition: 0, offset: 99n, value });

test.each([
  { name: 'all is well', seen: problems(LOG), expected: [] },
  { name: 'a record is missing', seen: problems(LOG.slice(1)), expected: ['lost: 1 (c/p1/0)'] },
  { name: 'a record is there twice', seen: problems([...LOG, again('c/p1/2')]), expected: ['duplicated: 1 (c/p1/2)'] },
  { name: 'that one may be', seen: problems([...LOG, again('c/p1/2')], { mayBeTwice: ['c/p1/2'] }), expected: [] },
  { name: 'another one may be', seen: problems([...LOG, again('c/p1/2')], { mayBeTwice: ['c/p1/3'] }), expected: ['duplicated: 1 (c/p1/2)'] },
  { name: 'a group reads ten seconds again', seen: problems(LOG, { rereads: 10 }), expected: [] },
  { name: 'a group reads more than that', seen: problems(LOG, { rereads: 11 }), expected: ['read again: 11 (allowed: 10)'] },
])('$name', ({ seen, expected }) => expect(seen).toEqual(expected));

test('in flight is what was sent before the end of a window and not acknowledged before its begin', () => {
  const events = [
    sentAt(1, 'before'), ackedAt(9, 'before'),
    sentAt(2, 'into'), ackedAt(15, 'into'),
    sentAt(3, 'across'), ackedAt(30, 'across'),
    sentAt(18, 'from'), ackedAt(30, 'from'),
    sentAt(19, 'never'),
    sentAt(21, 'after'), ackedAt(22, 'after'),
  ];
  expect([...inFlightDuring(events, { fromMs: 10, toMs: 20 })]).toEqual(['into', 'across', 'from', 'never']);
});
