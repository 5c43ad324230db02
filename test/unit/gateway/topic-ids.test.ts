import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { TopicIds, withoutReserved } from '../../../src/gateway/tenants/topic-ids.ts';
import { ZERO_UUID } from '../../../src/wire/schema.ts';

test('an id follows from virtual cluster and name alone: every node and both clusters agree', () => {
  const first = new TopicIds('teamA').idOf('users');
  expect(new TopicIds('teamA').idOf('users')).toBe(first);
  expect(first).toBe(createHash('sha256').update('gwctl topic id\0teamA\0users').digest().subarray(0, 16).toString('base64url'));
  expect(new TopicIds('teamB').idOf('users')).not.toBe(first);
  expect(new TopicIds('teamA').idOf('user')).not.toBe(first);
});

test('the way back is known for what was named before, and only in the same virtual cluster', () => {
  const [teamA, teamB] = [new TopicIds('teamA'), new TopicIds('teamB')];
  const id = teamA.idOf('users');
  expect(teamA.nameOf(id)).toBe('users');
  expect(teamB.nameOf(id)).toBeUndefined();
  expect(new TopicIds('teamA').nameOf(id)).toBeUndefined();
  expect(teamA.bytesOf('users').toString('base64url')).toBe(id);
});

describe('ids that Kafka does not give out', () => {
  test.each([
    { name: 'zero', hex: '00'.repeat(16) },
    { name: 'one', hex: `${'00'.repeat(15)}01` },
    { name: 'a leading dash, which tools take for a flag', hex: `f8${'00'.repeat(15)}` },
  ])('$name is changed', ({ hex }) => {
    const bytes = withoutReserved(Buffer.from(hex, 'hex'));
    expect(bytes.toString('hex')).not.toBe(hex);
    expect(bytes.toString('base64url')).not.toMatch(/^-/);
    expect(bytes.toString('base64url')).not.toBe(ZERO_UUID);
    expect(bytes).toHaveLength(16);
  });

  test('any other stays as it is', () => {
    const bytes = Buffer.from(`${'00'.repeat(15)}02`, 'hex');
    expect(withoutReserved(bytes)).toBe(bytes);
  });

  test('none of 20,000 names has one', () => {
    const ids = new TopicIds('teamA');
    const made = Array.from({ length: 20_000 }, (_, index) => ids.idOf(`topic-${index}`));
    expect(made.filter((id) => id.startsWith('-'))).toEqual([]);
    expect(new Set(made).size).toBe(made.length);
  });
});
