import { describe, expect, test } from 'vitest';
import { findMappingProblems } from '../../../src/drill/judge-mapping.ts';

/** As the seed shows it. */
const USERS = {
  clusterId: 'main', name: 'teamAusers', isConcentrated: false, compactedName: 'teamAusers', isCompacted: false, compactedAndDeletedName: 'teamAusers', isCompactedAndDeleted: false,
  createdAt: [2023, 9, 18, 10, 57, 33, 299], isDeleted: false, configuration: { numPartitions: 1, replicationFactor: 1, properties: {} }, isVirtual: false,
};
const expected = { topic: 'users', physical: 'teamAusers', partitions: 1, replicationFactor: 1, clusters: ['main', 'failover'] };
const find = (users: unknown) => findMappingProblems({ users, other: 'not looked at' }, expected);

describe('a mapping', () => {
  test('of the seed has the shape', () => expect(find(USERS)).toEqual([]));

  test.each(Object.keys(USERS))('without %s has not', (key) => {
    expect(find(Object.fromEntries(Object.entries(USERS).filter(([name]) => name !== key)))).toEqual([`users.${key}: missing`]);
  });

  test.each<{ name: string; users: unknown; says: string }>([
    { name: 'another physical name', users: { ...USERS, name: 'users' }, says: 'users.name: is "users" (expected: "teamAusers")' },
    { name: 'another compacted name', users: { ...USERS, compactedName: 'x' }, says: 'users.compactedName: is "x" (expected: "teamAusers")' },
    { name: 'a cluster that is none', users: { ...USERS, clusterId: 'B' }, says: 'users.clusterId: is "B" (allowed: main, failover)' },
    { name: 'a deleted topic', users: { ...USERS, isDeleted: true }, says: 'users.isDeleted: is true (expected: false)' },
    { name: 'a date as text', users: { ...USERS, createdAt: '2023-09-18' }, says: 'users.createdAt: is "2023-09-18" (allowed: year, month, day, hour, minute, second, millisecond)' },
    { name: 'a month that is none', users: { ...USERS, createdAt: [2023, 13, 18, 10, 57, 33, 299] }, says: 'users.createdAt: is [2023,13,18,10,57,33,299] (allowed: year, month, day, hour, minute, second, millisecond)' },
    { name: 'another number of partitions', users: { ...USERS, configuration: { ...USERS.configuration, numPartitions: 3 } }, says: 'users.configuration: numPartitions: is 3 (expected: 1)' },
    { name: 'no properties', users: { ...USERS, configuration: { numPartitions: 1, replicationFactor: 1 } }, says: 'users.configuration: properties: missing' },
    { name: 'a key that nobody knows', users: { ...USERS, extra: 1 }, says: 'users.extra: unknown key' },
    { name: 'no topic', users: undefined, says: 'users: missing (there are users, other)' },
    { name: 'text', users: 'teamAusers', says: 'users: is "teamAusers" (allowed: an object)' },
  ])('has not: $name', ({ users, says }) => expect(find(users)).toEqual([says]));

  test('is not looked for in what is not an object', () => expect(findMappingProblems([], expected)).toEqual(['the record is not a JSON object']));
});
