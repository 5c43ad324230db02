import { expect, test } from 'vitest';
import { fingerprint } from '../../../../src/adapters/kafka/fingerprint.ts';

const RECORD = { offset: 1n, timestamp: 1000n, key: Buffer.from('ab'), value: Buffer.from('c') };

test('the same time, key and value is the same record, wherever it stands', () => {
  expect(fingerprint({ ...RECORD, offset: 99n }).hash).toBe(fingerprint(RECORD).hash);
});

test.each([
  { name: 'another time', change: { timestamp: 1001n } },
  { name: 'another value', change: { value: Buffer.from('d') } },
  { name: 'a byte moved from key to value', change: { key: Buffer.from('a'), value: Buffer.from('bc') } },
  { name: 'no key', change: { key: null, value: Buffer.from('abc') } },
  { name: 'an empty key', change: { key: Buffer.alloc(0), value: Buffer.from('abc') } },
  { name: 'a tombstone', change: { value: null } },
  { name: 'an empty value', change: { value: Buffer.alloc(0) } },
])('$name is another record', ({ change }) => expect(fingerprint({ ...RECORD, ...change }).hash).not.toBe(fingerprint(RECORD).hash));
