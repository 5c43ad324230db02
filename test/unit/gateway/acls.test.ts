import { describe, expect, test } from 'vitest';
import { canOf, userAccess, type Can } from '../../../src/gateway/acls/access.ts';
import { OPERATION, PATTERN, PERMISSION, RESOURCE, selects, type Acl, type AclFilter } from '../../../src/gateway/acls/acl.ts';
import { answerAclApi, MAX_ACLS, type AclBook } from '../../../src/gateway/acls/acl-apis.ts';
import { applyAcls, completeAnswer, type SessionAccess } from '../../../src/gateway/acls/apply-acls.ts';
import { enforce, hasAclRule, type Enforcement } from '../../../src/gateway/acls/enforce.ts';
import { API, API_TABLE } from '../../../src/gateway/api-table.ts';
import { denyProduce } from '../../../src/gateway/acls/deny-produce.ts';
import type { Surroundings } from '../../../src/gateway/rewrite/rewriter.ts';
import { decodeMessage, encodeMessage } from '../../../src/wire/codec.ts';
import { APIS } from '../../../src/wire/generated/apis.ts';
import { produceResponse } from '../../../src/wire/generated/produce.ts';
import { readResponseHeader } from '../../../src/wire/headers.ts';
import { newMessage } from '../../../src/wire/new-message.ts';
import { ZERO_UUID } from '../../../src/wire/schema.ts';

const acl = (more: Partial<Acl> = {}): Acl => ({ resourceType: RESOURCE.topic, resourceName: 'users', patternType: PATTERN.literal, principal: 'User:sa', host: '*', operation: OPERATION.read, permissionType: PERMISSION.allow, ...more });
const DENY = { permissionType: PERMISSION.deny };
const may = (acls: readonly Acl[], operation: number = OPERATION.read, name = 'users', type: number = RESOURCE.topic): boolean => canOf(acls, 'sa')(operation, type, name);

describe('a decision', () => {
  test.each([
    { name: 'what is allowed', acls: [acl()], is: true },
    { name: 'what none allows', acls: [acl({ resourceName: 'orders' })], is: false },
    { name: 'another user\'s', acls: [acl({ principal: 'User:root' })], is: false },
    { name: 'everybody\'s', acls: [acl({ principal: 'User:*' })], is: true },
    { name: 'a deny beside an allow', acls: [acl(), acl(DENY)], is: false },
    { name: 'a deny of another operation', acls: [acl(), acl({ ...DENY, operation: OPERATION.write })], is: true },
    { name: 'a deny of all operations', acls: [acl(), acl({ ...DENY, operation: OPERATION.all })], is: false },
    { name: 'a deny of everybody', acls: [acl(), acl({ ...DENY, principal: 'User:*' })], is: false },
    { name: 'a prefix', acls: [acl({ resourceName: 'us', patternType: PATTERN.prefixed })], is: true },
    { name: 'a literal that is only a prefix', acls: [acl({ resourceName: 'us' })], is: false },
    { name: 'a prefixed deny under a literal allow', acls: [acl(), acl({ ...DENY, resourceName: 'u', patternType: PATTERN.prefixed })], is: false },
    { name: 'the wildcard', acls: [acl({ resourceName: '*' })], is: true },
    { name: 'a group of the same name', acls: [acl({ resourceType: RESOURCE.group })], is: false },
    { name: 'all operations', acls: [acl({ operation: OPERATION.all })], is: true },
  ])('$name: $is', ({ acls, is }) => expect(may(acls)).toBe(is));

  test('describe is implied by what needs it, in allows only', () => {
    for (const operation of [OPERATION.read, OPERATION.write, OPERATION.delete, OPERATION.alter]) expect(may([acl({ operation })], OPERATION.describe)).toBe(true);
    expect(may([acl({ operation: OPERATION.create })], OPERATION.describe)).toBe(false);
    expect(may([acl({ operation: OPERATION.describe }), acl({ ...DENY, operation: OPERATION.write })], OPERATION.describe)).toBe(true);
    expect(may([acl({ operation: OPERATION.describe })], OPERATION.read)).toBe(false);
    expect(may([acl({ operation: OPERATION.alterConfigs })], OPERATION.describeConfigs)).toBe(true);
  });
});

test('a virtual cluster without ACLs forbids nothing, one with them binds all but its administrators, and changes are seen at once', () => {
  let acls: readonly Acl[] | undefined;
  const user = userAccess({ username: 'sa', virtualCluster: 'teamA' }, () => acls);
  const admin = userAccess({ username: 'root', virtualCluster: 'teamA', isAdmin: true }, () => acls);
  expect([user.can, user.mayEditAcls, user.maySeeAcls, admin.mayEditAcls]).toEqual([undefined, false, false, true]);
  acls = [acl({ resourceName: 'orders' })];
  expect([user.can?.(OPERATION.read, RESOURCE.topic, 'users'), user.can?.(OPERATION.read, RESOURCE.topic, 'orders'), admin.can]).toEqual([false, true, undefined]);
  const { basis } = user;
  acls = [acl({ resourceType: RESOURCE.cluster, resourceName: 'kafka-cluster', operation: OPERATION.alter })];
  expect(user.basis).not.toBe(basis);
  expect([user.mayEditAcls, user.maySeeAcls]).toEqual([true, true]);
  acls = [];
  expect(user.can).toBeUndefined();
});

const ANY: AclFilter = { resourceTypeFilter: 1, resourceNameFilter: null, patternTypeFilter: PATTERN.any, principalFilter: null, hostFilter: null, operation: 1, permissionType: 1 };

test.each([
  { name: 'anything', filter: {}, is: true },
  { name: 'its name', filter: { resourceNameFilter: 'users' }, is: true },
  { name: 'another name', filter: { resourceNameFilter: 'orders' }, is: false },
  { name: 'another type', filter: { resourceTypeFilter: RESOURCE.group }, is: false },
  { name: 'another pattern', filter: { patternTypeFilter: PATTERN.prefixed }, is: false },
  { name: 'another user', filter: { principalFilter: 'User:root' }, is: false },
  { name: 'another host', filter: { hostFilter: '10.0.0.1' }, is: false },
  { name: 'another operation', filter: { operation: OPERATION.write }, is: false },
  { name: 'the other permission', filter: DENY, is: false },
])('a filter by $name selects: $is', ({ filter, is }) => expect(selects({ ...ANY, ...filter }, acl())).toBe(is));

test('the pattern type match selects whatever covers the name', () => {
  const match = { ...ANY, resourceNameFilter: 'users', patternTypeFilter: PATTERN.match };
  expect([acl(), acl({ resourceName: '*' }), acl({ resourceName: 'us', patternType: PATTERN.prefixed }), acl({ resourceName: 'orders' })].map((one) => selects(match, one))).toEqual([true, true, true, false]);
});

describe('the ACL requests', () => {
  const book = (acls: readonly Acl[] = []): AclBook & { acls: readonly Acl[] } => {
    const own = { acls, update: async (change: (before: readonly Acl[]) => readonly Acl[]) => void (own.acls = change(own.acls)) };
    return own;
  };
  const admin = userAccess({ username: 'root', virtualCluster: 'teamA', isAdmin: true }, () => []);
  const user = userAccess({ username: 'sa', virtualCluster: 'teamA' }, () => []);
  const creation = (more: Partial<Acl> = {}) => {
    const { patternType, ...rest } = acl(more);
    return { ...rest, resourcePatternType: patternType };
  };

  test('of an administrator create, list and delete rules; the same rule twice is one', async () => {
    const own = book();
    expect(await answerAclApi(API.createAcls, { creations: [creation(), creation(), creation(DENY)] }, admin, own)).toMatchObject({ results: [{ errorCode: 0 }, { errorCode: 0 }, { errorCode: 0 }] });
    expect(own.acls).toEqual([acl(), acl(DENY)]);
    expect(await answerAclApi(API.describeAcls, { ...ANY }, admin, own)).toMatchObject({ errorCode: 0, resources: [{ resourceName: 'users', acls: [{ principal: 'User:sa' }, { permissionType: PERMISSION.deny }] }] });
    expect(await answerAclApi(API.deleteAcls, { filters: [{ ...ANY, ...DENY }] }, admin, own)).toMatchObject({ filterResults: [{ errorCode: 0, matchingAcls: [{ permissionType: PERMISSION.deny }] }] });
    expect(own.acls).toEqual([acl()]);
  });

  test('of anybody else are refused and change nothing', async () => {
    const own = book([acl()]);
    for (const who of [user, undefined]) {
      expect(await answerAclApi(API.createAcls, { creations: [creation(DENY)] }, who, own)).toMatchObject({ results: [{ errorCode: 31 }] });
      expect(await answerAclApi(API.describeAcls, { ...ANY }, who, own)).toMatchObject({ errorCode: 31, resources: [] });
      expect(await answerAclApi(API.deleteAcls, { filters: [ANY] }, who, own)).toMatchObject({ filterResults: [{ errorCode: 31, matchingAcls: [] }] });
    }
    expect(own.acls).toEqual([acl()]);
  });

  test.each([
    { name: 'a host', more: { host: '10.0.0.1' } },
    { name: 'a group principal', more: { principal: 'Group:x' } },
    { name: 'no name', more: { resourceName: '' } },
    { name: 'a delegation token', more: { resourceType: 6 } },
    { name: 'another cluster', more: { resourceType: RESOURCE.cluster, resourceName: 'mine' } },
    { name: 'the pattern match', more: { patternType: PATTERN.match } },
    { name: 'the operation any', more: { operation: OPERATION.any } },
  ])('a rule with $name is refused, and a good one beside it is kept', async ({ more }) => {
    const own = book();
    expect(await answerAclApi(API.createAcls, { creations: [creation(more), creation()] }, admin, own)).toMatchObject({ results: [{ errorCode: 42 }, { errorCode: 0 }] });
    expect(own.acls).toEqual([acl()]);
  });

  test(`there are at most ${MAX_ACLS}`, async () => {
    const own = book(Array.from({ length: MAX_ACLS - 1 }, (_, index) => acl({ resourceName: `t${index}` })));
    expect(await answerAclApi(API.createAcls, { creations: [creation()] }, admin, own)).toMatchObject({ results: [{ errorCode: 0 }] });
    expect(await answerAclApi(API.createAcls, { creations: [creation(DENY)] }, admin, own)).toMatchObject({ results: [{ errorCode: 42 }] });
    expect(own.acls).toHaveLength(MAX_ACLS);
  });
});

const NONE: Can = () => false;
const EVERYTHING: Can = () => true;
/** Allowed: everything whose name starts with "m". */
const MINE: Can = (_operation, _type, name) => name.startsWith('m');

function requestOf(key: number, draft: Record<string, unknown>): Record<string, unknown> {
  const api = APIS.get(key);
  if (api === undefined) throw new Error(`api ${key}`);
  return newMessage<Record<string, unknown>>(api.request, draft as never);
}

function answerOf(key: number, draft: Record<string, unknown>): Record<string, unknown> {
  const api = APIS.get(key);
  if (api === undefined) throw new Error(`api ${key}`);
  return newMessage<Record<string, unknown>>(api.response, draft as never);
}

/** The answer, which must be one that can be written in every version of its API. */
function answered(key: number, enforcement: Enforcement): Record<string, unknown> {
  if (enforcement.kind !== 'answer') throw new Error('forwarded');
  const [api, rule] = [APIS.get(key), API_TABLE.get(key)];
  if (api === undefined || rule === undefined) throw new Error(`api ${key}`);
  for (let version = rule.min; version <= rule.brokerMax; version++) encodeMessage(api.response, version, enforcement.body as never);
  return enforcement.body;
}

describe('enforcement', () => {
  const OWN: readonly number[] = [API.produce, API.saslHandshake, API.saslAuthenticate, API.apiVersions, API.describeAcls, API.createAcls, API.deleteAcls];

  test('every API of the table has a rule, and one without a rule would be denied', () => {
    expect([...API_TABLE.keys()].filter((key) => !OWN.includes(key) && !hasAclRule(key))).toEqual([]);
    expect(answeredError(enforce(50, {}, EVERYTHING))).toBe(31);
  });
  const answeredError = (enforcement: Enforcement): unknown => (enforcement.kind === 'answer' ? enforcement.body['errorCode'] : 'forwarded');

  const P = [{ partitionIndex: 0 }];
  const CASES: readonly { name: string; key: number; draft: Record<string, unknown>; errors: unknown }[] = [
    { name: 'Fetch', key: API.fetch, draft: { topics: [{ topic: 'users', partitions: [{ partition: 3 }] }] }, errors: { responses: [{ topic: 'users', partitions: [{ partitionIndex: 3, errorCode: 29 }] }] } },
    { name: 'ListOffsets', key: API.listOffsets, draft: { topics: [{ name: 'users', partitions: P }] }, errors: { topics: [{ partitions: [{ errorCode: 29 }] }] } },
    { name: 'OffsetCommit', key: API.offsetCommit, draft: { groupId: 'g', topics: [{ name: 'users', partitions: P }] }, errors: { topics: [{ name: 'users', partitions: [{ errorCode: 30 }] }] } },
    { name: 'OffsetFetch of one group', key: API.offsetFetch, draft: { groupId: 'g', topics: null }, errors: { errorCode: 30 } },
    { name: 'OffsetFetch of several groups', key: API.offsetFetch, draft: { groups: [{ groupId: 'g', topics: null }] }, errors: { groups: [{ groupId: 'g', errorCode: 30 }] } },
    { name: 'FindCoordinator of a group', key: API.findCoordinator, draft: { key: 'g', keyType: 0 }, errors: { errorCode: 30 } },
    { name: 'FindCoordinator of a transaction', key: API.findCoordinator, draft: { coordinatorKeys: ['t'], keyType: 1 }, errors: { coordinators: [{ key: 't', errorCode: 53 }] } },
    { name: 'JoinGroup', key: API.joinGroup, draft: { groupId: 'g' }, errors: { errorCode: 30 } },
    { name: 'SyncGroup', key: API.syncGroup, draft: { groupId: 'g' }, errors: { errorCode: 30 } },
    { name: 'Heartbeat', key: API.heartbeat, draft: { groupId: 'g' }, errors: { errorCode: 30 } },
    { name: 'LeaveGroup', key: API.leaveGroup, draft: { groupId: 'g' }, errors: { errorCode: 30 } },
    { name: 'ConsumerGroupHeartbeat', key: API.consumerGroupHeartbeat, draft: { groupId: 'g' }, errors: { errorCode: 30 } },
    { name: 'DescribeGroups', key: API.describeGroups, draft: { groups: ['g'] }, errors: { groups: [{ groupId: 'g', errorCode: 30 }] } },
    { name: 'ConsumerGroupDescribe', key: API.consumerGroupDescribe, draft: { groupIds: ['g'] }, errors: { groups: [{ groupId: 'g', errorCode: 30 }] } },
    { name: 'DeleteGroups', key: 42, draft: { groupsNames: ['g'] }, errors: { results: [{ groupId: 'g', errorCode: 30 }] } },
    { name: 'OffsetDelete', key: 47, draft: { groupId: 'g' }, errors: { errorCode: 30 } },
    { name: 'CreateTopics', key: API.createTopics, draft: { topics: [{ name: 'users' }] }, errors: { topics: [{ name: 'users', errorCode: 29 }] } },
    { name: 'DeleteTopics', key: API.deleteTopics, draft: { topicNames: ['users'] }, errors: { responses: [{ name: 'users', errorCode: 29 }] } },
    { name: 'DeleteRecords', key: 21, draft: { topics: [{ name: 'users', partitions: P }] }, errors: { topics: [{ partitions: [{ errorCode: 29 }] }] } },
    { name: 'CreatePartitions', key: 37, draft: { topics: [{ name: 'users' }] }, errors: { results: [{ name: 'users', errorCode: 29 }] } },
    { name: 'DescribeConfigs', key: API.describeConfigs, draft: { resources: [{ resourceType: 2, resourceName: 'users' }] }, errors: { results: [{ resourceName: 'users', errorCode: 29 }] } },
    { name: 'AlterConfigs', key: API.alterConfigs, draft: { resources: [{ resourceType: 2, resourceName: 'users' }] }, errors: { responses: [{ resourceName: 'users', errorCode: 29 }] } },
    { name: 'IncrementalAlterConfigs of a group', key: API.incrementalAlterConfigs, draft: { resources: [{ resourceType: 32, resourceName: 'g' }] }, errors: { responses: [{ resourceName: 'g', errorCode: 30 }] } },
    { name: 'InitProducerId', key: API.initProducerId, draft: { transactionalId: 't' }, errors: { errorCode: 53 } },
    { name: 'AddPartitionsToTxn', key: API.addPartitionsToTxn, draft: { v3AndBelowTransactionalId: 't', v3AndBelowTopics: [{ name: 'users', partitions: [0] }] }, errors: { resultsByTopicV3AndBelow: [{ resultsByPartition: [{ partitionErrorCode: 53 }] }] } },
    { name: 'AddOffsetsToTxn', key: API.addOffsetsToTxn, draft: { transactionalId: 't', groupId: 'g' }, errors: { errorCode: 53 } },
    { name: 'EndTxn', key: API.endTxn, draft: { transactionalId: 't' }, errors: { errorCode: 53 } },
    { name: 'TxnOffsetCommit', key: API.txnOffsetCommit, draft: { transactionalId: 't', groupId: 'g', topics: [{ name: 'users', partitions: P }] }, errors: { topics: [{ partitions: [{ errorCode: 53 }] }] } },
    { name: 'DescribeTransactions', key: 65, draft: { transactionalIds: ['t'] }, errors: { transactionStates: [{ transactionalId: 't', errorCode: 53 }] } },
    { name: 'OffsetDelete', key: 47, draft: { groupId: 'g', topics: [{ name: 'users', partitions: P }] }, errors: { errorCode: 30 } },
    { name: 'DescribeProducers', key: 61, draft: { topics: [{ name: 'users', partitionIndexes: [0] }] }, errors: { topics: [{ name: 'users', partitions: [{ errorCode: 29 }] }] } },
    { name: 'DescribeLogDirs', key: 35, draft: {}, errors: { errorCode: 31 } },
    { name: 'ElectLeaders', key: API.electLeaders, draft: {}, errors: { errorCode: 31 } },
    { name: 'ListPartitionReassignments', key: 46, draft: {}, errors: { errorCode: 31 } },
  ];

  test.each(CASES)('$name of somebody who may nothing is answered with the error', ({ key, draft, errors }) => {
    expect(answered(key, enforce(key, requestOf(key, draft), NONE))).toMatchObject(errors as object);
  });

  test.each(CASES)('$name of somebody who may everything goes on as it is (control)', ({ key, draft }) => {
    const request = requestOf(key, draft);
    const before = structuredClone(request);
    expect(enforce(key, request, EVERYTHING).kind).toBe('forward');
    expect(request).toEqual(before);
  });

  test('OffsetDelete needs Read on the topic, beside Delete on the group', () => {
    const mayDelete = enforce(47, requestOf(47, { groupId: 'g', topics: [{ name: 'users', partitions: P }] }), (operation, type) => operation === OPERATION.delete && type === RESOURCE.group);
    expect(answered(47, mayDelete)).toMatchObject({ topics: [{ name: 'users', partitions: [{ errorCode: 29 }] }] });
  });

  test.each([{ mayWriteInIt: false, errors: [53] }, { mayWriteInIt: true, errors: undefined }])('a transactional write needs Write on its transactional id: $mayWriteInIt', async ({ mayWriteInIt, errors }) => {
    const can: Can = (_operation, type) => type === RESOURCE.topic || mayWriteInIt;
    const head = { apiKey: API.produce, apiVersion: 9, correlationId: 1, clientId: null, bodyStart: 0 };
    const answer = await denyProduce(head, { transactionalId: 't', acks: -1, topics: [{ name: 'users', topicId: ZERO_UUID, partitions: [0] }] }, { access: { user: { can } } } as unknown as Surroundings);
    const body = answer === undefined ? undefined : decodeMessage(produceResponse, 9, answer.subarray(4), readResponseHeader(API.produce, 9, answer.subarray(4)).bodyStart);
    expect(body?.responses.flatMap(({ partitionResponses }) => partitionResponses.map(({ errorCode }) => errorCode))).toEqual(errors);
  });

  test('of several topics only the allowed ones reach the broker, and the answer names the others', () => {
    const request = requestOf(API.createTopics, { topics: [{ name: 'mine' }, { name: 'my-other' }] });
    const enforcement = enforce(API.createTopics, request, (_operation, _type, name) => name === 'mine');
    expect((request['topics'] as { name: string }[]).map(({ name }) => name)).toEqual(['mine']);
    if (enforcement.kind !== 'forward') throw new Error('answered');
    const answer = answerOf(API.createTopics, { topics: [{ name: 'mine', errorCode: 0 }] });
    completeAnswer(enforcement, answer);
    answered(API.createTopics, { kind: 'answer', body: answer });
    expect(answer['topics']).toMatchObject([{ name: 'mine', errorCode: 0 }, { name: 'my-other', errorCode: 29 }]);
  });

  test('an empty consumer producer id is anybody\'s, and a group with a forbidden topic is not joined', () => {
    expect(enforce(API.initProducerId, requestOf(API.initProducerId, { transactionalId: null }), NONE).kind).toBe('forward');
    expect(answered(API.consumerGroupHeartbeat, enforce(API.consumerGroupHeartbeat, requestOf(API.consumerGroupHeartbeat, { groupId: 'my', subscribedTopicNames: ['users'] }), MINE))['errorCode']).toBe(29);
  });

  test('in a transaction one forbidden topic keeps all from being added', () => {
    const request = requestOf(API.addPartitionsToTxn, { v3AndBelowTransactionalId: 'my', v3AndBelowTopics: [{ name: 'mine', partitions: [0] }, { name: 'users', partitions: [1] }] });
    expect(answered(API.addPartitionsToTxn, enforce(API.addPartitionsToTxn, request, MINE))['resultsByTopicV3AndBelow']).toMatchObject([{ resultsByPartition: [{ partitionErrorCode: 55 }] }, { resultsByPartition: [{ partitionErrorCode: 29 }] }]);
  });

  test.each([
    { name: 'topics', key: API.metadata, draft: { topics: null }, answer: { topics: [{ name: 'mine' }, { name: 'users' }] }, left: { topics: [{ name: 'mine' }] } },
    { name: 'groups', key: 16, draft: {}, answer: { groups: [{ groupId: 'my' }, { groupId: 'g' }] }, left: { groups: [{ groupId: 'my' }] } },
    { name: 'transactions', key: 66, draft: {}, answer: { transactionStates: [{ transactionalId: 'my' }, { transactionalId: 't' }] }, left: { transactionStates: [{ transactionalId: 'my' }] } },
    { name: 'offsets', key: API.offsetFetch, draft: { groupId: 'my', topics: null }, answer: { topics: [{ name: 'mine' }, { name: 'users' }], groups: [] }, left: { topics: [{ name: 'mine' }], groups: [] } },
    { name: 'topics by name', key: API.metadata, draft: { topics: [{ name: 'mine' }, { name: 'users' }] }, answer: { topics: [{ name: 'mine', errorCode: 0 }] }, left: { topics: [{ name: 'mine', errorCode: 0 }, { name: 'users', errorCode: 29 }] } },
    {
      name: 'members', key: API.consumerGroupDescribe, draft: { groupIds: ['my', 'my2', 'my3', 'g'] },
      answer: { groups: [{ groupId: 'my', members: [{ subscribedTopicNames: ['mine'] }] }, { groupId: 'my2', members: [{ subscribedTopicNames: ['users'] }] }, { groupId: 'my3', members: [{ targetAssignment: { topicPartitions: [{ topicName: 'users' }] } }] }] },
      left: { groups: [{ groupId: 'my', errorCode: 0, members: [{ subscribedTopicNames: ['mine'] }] }, { groupId: 'my2', errorCode: 29, members: [] }, { groupId: 'my3', errorCode: 29, members: [] }, { groupId: 'g', errorCode: 30 }] },
    },
  ])('a list of $name has only what its reader may see', ({ key, draft, answer, left }) => {
    const enforcement = enforce(key, requestOf(key, draft), MINE);
    if (enforcement.kind !== 'forward') throw new Error('answered');
    const found = answerOf(key, answer);
    completeAnswer(enforcement, found);
    answered(key, { kind: 'answer', body: found });
    expect(found).toMatchObject(left);
  });

  test('a fetch session from before a change of the ACLs must name its topics again', async () => {
    let acls: readonly Acl[] = [acl()];
    const access: SessionAccess = { user: userAccess({ username: 'sa', virtualCluster: 'teamA' }, () => acls), book: { acls: [], update: async () => {} } };
    const fetch = APIS.get(API.fetch);
    if (fetch === undefined) throw new Error('no Fetch');
    const ask = async (sessionId: number): Promise<unknown> => {
      const outcome = await applyAcls(fetch, requestOf(API.fetch, { sessionId, topics: sessionId === 0 ? [{ topic: 'users', partitions: [{ partition: 0 }] }] : [] }), access);
      return outcome.kind === 'answer' ? outcome.body['errorCode'] : 'forwarded';
    };
    expect(await ask(0)).toBe('forwarded');
    expect(await ask(7)).toBe('forwarded');
    acls = [acl(DENY)];
    expect(await ask(7)).toBe(70);
    expect(await ask(0)).toBe(0);
  });
});
