import { expect, test } from 'vitest';
import { readVersioned, writeVersioned } from '../../../src/wire/consumer-protocol.ts';
import { consumerProtocolSubscription } from '../../../src/wire/generated/consumer-protocol-subscription.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

test('a subscription is read and written back, with another topic in it', () => {
  const bytes = hex('0001 00000001 0001 61 ffffffff 00000001 0001 61 00000001 00000007');
  const read = readVersioned(consumerProtocolSubscription, bytes);
  expect(read.value).toMatchObject({ topics: ['a'], userData: null, ownedPartitions: [{ topic: 'a', partitions: [7] }] });
  expect(writeVersioned(consumerProtocolSubscription, read)).toEqual(bytes);
  read.value.topics = ['team.a'];
  expect(readVersioned(consumerProtocolSubscription, writeVersioned(consumerProtocolSubscription, read)).value.topics).toEqual(['team.a']);
});

test('a version newer than ours is read as our newest, and keeps its version and what it has more', () => {
  const bytes = hex('0009 00000001 0001 61 ffffffff 00000000 ffffffff ffff abcd');
  const read = readVersioned(consumerProtocolSubscription, bytes);
  expect(read).toMatchObject({ version: 9, value: { topics: ['a'] }, rest: hex('abcd') });
  expect(writeVersioned(consumerProtocolSubscription, read)).toEqual(bytes);
});

test.each(['', '00', 'ffff 00000000 ffffffff', '0000 00000009'])('refuses "%s"', (bytes) => {
  expect(() => readVersioned(consumerProtocolSubscription, hex(bytes))).toThrow(expect.objectContaining({ code: 'PROTOCOL' }));
});
