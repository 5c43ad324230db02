import { describe, expect, test } from 'vitest';
import { TenantNames } from '../../../src/gateway/tenants/tenant-names.ts';
import { aliasesOf, withCreatedTopics, withDeletedTopics, type TopicMapping, type TopicMappings } from '../../../src/gateway/tenants/topic-mappings.ts';
import { createTopicsRequest, createTopicsResponse } from '../../../src/wire/generated/create-topics.ts';
import { deleteTopicsRequest, deleteTopicsResponse } from '../../../src/wire/generated/delete-topics.ts';
import { newMessage } from '../../../src/wire/new-message.ts';

const NAMES = new TenantNames('teamA');
const NOW = new Date('2023-09-18T10:57:33.299Z');
/** As the seed shows it. */
const USERS: TopicMapping = {
  clusterId: 'main', name: 'teamAusers', isConcentrated: false, compactedName: 'teamAusers', isCompacted: false, compactedAndDeletedName: 'teamAusers', isCompactedAndDeleted: false,
  createdAt: [2023, 9, 18, 10, 57, 33, 299], isDeleted: false, configuration: { numPartitions: 1, replicationFactor: 1, properties: {} }, isVirtual: false,
};

function created(current: TopicMappings | undefined, errorCode: number, options: { validateOnly?: boolean } = {}): TopicMappings | undefined {
  const request = newMessage(createTopicsRequest, { topics: [{ name: 'teamAusers', numPartitions: 1, replicationFactor: 1 }], ...options });
  const response = newMessage(createTopicsResponse, { topics: [{ name: 'teamAusers', errorCode, numPartitions: 1, replicationFactor: 1 }] });
  return withCreatedTopics(current, request, response, NAMES, 'main', NOW);
}

function deleted(current: TopicMappings | undefined, errorCode: number): TopicMappings | undefined {
  const request = newMessage(deleteTopicsRequest, { topicNames: ['teamAusers'] });
  return withDeletedTopics(current, request, newMessage(deleteTopicsResponse, { responses: [{ name: 'teamAusers', errorCode }] }), NAMES);
}

describe('creation', () => {
  test('writes the seed\'s record', () => expect(created(undefined, 0)).toEqual({ users: USERS }));
  test('keeps the other topics', () => expect(created({ orders: { ...USERS, name: 'teamAorders' } }, 0)).toMatchObject({ orders: { name: 'teamAorders' }, users: USERS }));
  test('of a topic that exists writes a mapping that is missing', () => expect(created({}, 36)).toEqual({ users: USERS }));
  test('of a topic that exists leaves its mapping', () => expect(created({ users: USERS }, 36)).toBeUndefined());
  test('that failed writes nothing', () => expect(created(undefined, 37)).toBeUndefined());
  test('that was only validated writes nothing', () => expect(created(undefined, 0, { validateOnly: true })).toBeUndefined());
  test('of a deleted topic brings its mapping back', () => expect(created({ users: { ...USERS, isDeleted: true } }, 0)).toEqual({ users: USERS }));
});

describe('deletion', () => {
  test('marks the mapping', () => expect(deleted({ users: USERS }, 0)).toEqual({ users: { ...USERS, isDeleted: true } }));
  test('that failed changes nothing', () => expect(deleted({ users: USERS }, 29)).toBeUndefined());
  test('forgets the topics that were deleted before the last hundred, and none that is alive', () => {
    const gone = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`gone-${index}`, { ...USERS, isDeleted: true }]));
    const left = Object.keys(deleted({ ...gone, orders: USERS, users: USERS }, 0) ?? {});
    expect(left).toEqual([...Object.keys(gone).slice(-99), 'orders', 'users']);
  });
  test('of a topic that is not there marks a mapping that was left', () => expect(deleted({ users: USERS }, 3)).toEqual({ users: { ...USERS, isDeleted: true } }));
});

test('only living mappings give names', () => {
  expect(aliasesOf({ users: USERS, legacy: { ...USERS, name: 'old.topic' }, gone: { ...USERS, isDeleted: true } })).toEqual([
    { virtual: 'users', physical: 'teamAusers' },
    { virtual: 'legacy', physical: 'old.topic' },
  ]);
});
