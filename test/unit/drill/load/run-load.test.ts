import { expect, test } from 'vitest';
import { countUndelivered } from '../../../../src/drill/load/run-load.ts';

const sent = (value: string, acknowledgedAtMs?: number) => ({ producer: 'p', partition: 0, sequence: 0, value, dueAtMs: 0, acknowledgedAtMs });
const RECORDING = { sent: [sent('read', 1), sent('late', 1), sent('lost', 1), sent('refused')], deliveredValues: new Set(['read']) };

test('acknowledged records are waited for until they are delivered', () => {
  expect(countUndelivered(RECORDING)).toBe(2);
});

test('those that a switch has given up are not: nobody can deliver them', () => {
  expect(countUndelivered(RECORDING, new Set(['read', 'late']))).toBe(1);
});
