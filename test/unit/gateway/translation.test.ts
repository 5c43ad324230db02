import { describe, expect, test } from 'vitest';
import { API, API_TABLE, apiTableFor, brokerVersionOf, missingApis } from '../../../src/gateway/api-table.ts';
import type { SessionAccess } from '../../../src/gateway/acls/apply-acls.ts';
import type { Surroundings } from '../../../src/gateway/rewrite/rewriter.ts';
import { translateRequest, translateResponse } from '../../../src/gateway/rewrite/translation.ts';
import { TenantNames } from '../../../src/gateway/tenants/tenant-names.ts';
import type { TopicDirectory } from '../../../src/gateway/tenants/topic-directory.ts';
import { decodeMessage, encodeMessage } from '../../../src/wire/codec.ts';
import { ERROR } from '../../../src/wire/error-codes.ts';
import { APIS } from '../../../src/wire/generated/apis.ts';
import { newMessage } from '../../../src/wire/new-message.ts';
import { ZERO_UUID, type ApiDefinition, type Message } from '../../../src/wire/schema.ts';

const uuid = (text: string): string => Buffer.from(text.padEnd(16)).toString('base64url');
const REAL_IDS = new Map([['teamAusers', uuid('main-users')], ['teamAorders', uuid('main-orders')], ['teamBusers', uuid('main-foreign')]]);
const USERS = new TenantNames('teamA').topicIds.idOf('users');
const FOREIGN = new TenantNames('teamB').topicIds.idOf('users');
const NOBODYS = new TenantNames('teamA').topicIds.idOf('no such topic');

/** A node that has just started: it knows nothing before it asks. */
function freshNode() {
  let asked = 0;
  const topics: TopicDirectory = {
    refresh: async () => void asked++,
    topics: () => (asked > 0 ? REAL_IDS.keys() : []),
    idOf: (name) => (asked > 0 ? REAL_IDS.get(name) : undefined),
    nameOf: (id) => (asked > 0 ? [...REAL_IDS].find(([, real]) => real === id)?.[0] : undefined),
  };
  const around: Surroundings = { names: new TenantNames('teamA'), topics, clusterId: 'private', generation: () => 1, endpoints: new Map([[1, { host: 'gateway', port: 1 }]]), groupProtocols: new Map() };
  return { around, asked: () => asked };
}

function api(key: number): ApiDefinition {
  const found = APIS.get(key);
  if (found === undefined) throw new Error(`no api ${key}`);
  return found;
}

/** A whole exchange: what the broker is asked, and what the client gets when the broker answers `answer`. Or the gateway's own answer. */
async function exchange(key: number, version: number, draft: Message, answer: Message, isSettling = false, node = freshNode()) {
  const request = newMessage(api(key).request, draft as never);
  const outcome = await translateRequest(api(key), version, request, node.around);
  const again = (body: Message, at: number): Message => decodeMessage(api(key).response, at, encodeMessage(api(key).response, at, body));
  if (outcome.kind === 'answer') return { asked: undefined, answered: again(outcome.body, version) };
  const asked = decodeMessage(api(key).request, outcome.brokerVersion, encodeMessage(api(key).request, outcome.brokerVersion, request));
  const body = again(newMessage(api(key).response, answer as never), outcome.brokerVersion);
  await translateResponse(api(key), { apiVersion: version, complete: outcome.complete }, body, node.around, isSettling);
  return { asked, answered: again(body, version) };
}

test('what the gateway answers alone has what its user may not see, too', async () => {
  const node = freshNode();
  const can = (_operation: number, _type: number, name: string): boolean => name !== 'secret';
  const access = { user: { can } } as unknown as SessionAccess;
  const [topic, brokerLogger] = [2, 8];
  const resources = [{ resourceType: topic, resourceName: 'secret' }, { resourceType: brokerLogger, resourceName: '1' }];
  const { answered } = await exchange(API.describeConfigs, 4, { resources }, {}, false, { ...node, around: { ...node.around, access } });
  expect(answered['results']).toMatchObject([{ resourceName: '1', errorCode: ERROR.CLUSTER_AUTHORIZATION_FAILED }, { resourceName: 'secret', errorCode: ERROR.TOPIC_AUTHORIZATION_FAILED }]);
});

describe('a client that speaks ids, to a broker that is asked for names', () => {
  test.each([10, 12, 13])('Metadata %i by name: the id is the virtual one, and a topic that is not there has none', async (version) => {
    const { asked, answered } = await exchange(API.metadata, version, { topics: [{ name: 'users' }, { name: 'gone' }] }, { topics: [{ name: 'teamAusers', topicId: uuid('real') }, { name: 'teamAgone', errorCode: 3 }, { name: 'teamBusers' }] });
    expect(asked?.['topics']).toMatchObject([{ name: 'teamAusers' }, { name: 'teamAgone' }]);
    expect(answered['topics']).toMatchObject([{ name: 'users', topicId: USERS }, { name: 'gone', topicId: ZERO_UUID, errorCode: 3 }]);
    expect(answered['topics']).toHaveLength(2);
  });

  test('Metadata 12 by id, on a node that was restarted; foreign and unknown ids get the same answer', async () => {
    const ids = [USERS, FOREIGN, NOBODYS];
    const { asked, answered } = await exchange(API.metadata, 12, { topics: ids.map((topicId) => ({ topicId, name: null })) }, { topics: [{ name: 'teamAusers' }] });
    expect(asked?.['topics']).toMatchObject([{ name: 'teamAusers' }]);
    expect(asked?.['topics']).toHaveLength(1);
    expect(answered['topics']).toMatchObject([{ name: 'users', topicId: USERS, errorCode: 0 }, { name: null, topicId: FOREIGN, errorCode: ERROR.UNKNOWN_TOPIC_ID }, { name: null, topicId: NOBODYS, errorCode: ERROR.UNKNOWN_TOPIC_ID }]);
  });

  test('Metadata 12 by the id of a topic that was deleted meanwhile', async () => {
    const { answered } = await exchange(API.metadata, 12, { topics: [{ topicId: USERS, name: null }] }, { topics: [{ name: 'teamAusers', errorCode: 3 }] });
    expect(answered['topics']).toMatchObject([{ name: null, topicId: USERS, errorCode: ERROR.UNKNOWN_TOPIC_ID }]);
  });

  test('OffsetCommit 10', async () => {
    const partitions = [{ partitionIndex: 0, committedOffset: 5n, committedLeaderEpoch: 4 }];
    const { asked, answered } = await exchange(API.offsetCommit, 10, { groupId: 'g', topics: [{ topicId: USERS, partitions }, { topicId: FOREIGN, partitions }] }, { topics: [{ name: 'teamAusers', partitions: [{ partitionIndex: 0 }] }] });
    expect(asked).toMatchObject({ groupId: 'teamAg', topics: [{ name: 'teamAusers', partitions: [{ committedOffset: 5n, committedLeaderEpoch: -1 }] }] });
    expect(asked?.['topics']).toHaveLength(1);
    expect(answered['topics']).toMatchObject([{ topicId: USERS, partitions: [{ errorCode: 0 }] }, { topicId: FOREIGN, partitions: [{ partitionIndex: 0, errorCode: ERROR.UNKNOWN_TOPIC_ID }] }]);
  });

  test('OffsetFetch 10, with ids and for all topics', async () => {
    const groups = [{ groupId: 'g', topics: [{ topicId: FOREIGN, partitionIndexes: [0] }, { topicId: USERS, partitionIndexes: [0] }] }, { groupId: 'h', topics: null }];
    const topics = [{ name: 'teamAusers', partitions: [{ partitionIndex: 0, committedOffset: 7n, committedLeaderEpoch: 3 }] }, { name: 'teamBusers', partitions: [] }];
    const { asked, answered } = await exchange(API.offsetFetch, 10, { groups }, { groups: [{ groupId: 'teamAh', topics }, { groupId: 'teamAg', topics }] });
    expect(asked?.['groups']).toMatchObject([{ groupId: 'teamAg', topics: [{ name: 'teamAusers' }] }, { groupId: 'teamAh', topics: null }]);
    const ours = { topicId: USERS, partitions: [{ committedOffset: 7n, committedLeaderEpoch: -1, errorCode: 0 }] };
    expect(answered['groups']).toMatchObject([{ groupId: 'h', topics: [ours] }, { groupId: 'g', topics: [ours, { topicId: FOREIGN, partitions: [{ committedOffset: -1n, errorCode: ERROR.UNKNOWN_TOPIC_ID }] }] }]);
  });

  test('CreateTopics 7: the id of what was created, none of what was refused', async () => {
    const { answered } = await exchange(API.createTopics, 7, { topics: [{ name: 'users' }, { name: 'x' }] }, { topics: [{ name: 'teamAusers' }, { name: 'teamAx', errorCode: 36 }] });
    expect(answered['topics']).toMatchObject([{ name: 'users', topicId: USERS }, { name: 'x', topicId: ZERO_UUID, errorCode: 36 }]);
  });

  test('DeleteTopics 6, by name and by id', async () => {
    const topics = [{ name: 'orders', topicId: ZERO_UUID }, { name: null, topicId: USERS }, { name: null, topicId: FOREIGN }];
    const { asked, answered } = await exchange(API.deleteTopics, 6, { topics }, { responses: [{ name: 'teamAorders' }, { name: 'teamAusers' }] });
    expect(asked?.['topicNames']).toEqual(['teamAorders', 'teamAusers']);
    expect(answered['responses']).toMatchObject([{ name: 'orders' }, { name: 'users', topicId: USERS }, { name: null, topicId: FOREIGN, errorCode: ERROR.UNKNOWN_TOPIC_ID }]);
  });

  test('Produce 13: the answer echoes the request\'s ids', async () => {
    const { answered } = await exchange(API.produce, 13, {}, { responses: [{ name: 'teamAusers', partitionResponses: [{ index: 0, baseOffset: 7n, currentLeader: { leaderId: 3, leaderEpoch: 9 } }] }], nodeEndpoints: [{ nodeId: 1, host: 'kafka' }] });
    expect(answered).toMatchObject({ nodeEndpoints: [], responses: [{ topicId: USERS, partitionResponses: [{ baseOffset: 7n, currentLeader: { leaderId: -1, leaderEpoch: -1 } }] }] });
  });

  test('Produce 12 is by name: no id is made for a name that a client made up', async () => {
    const node = freshNode();
    const madeUp = new TenantNames('teamA').topicIds.idOf('made-up');
    const answer = { responses: [{ name: 'teamAmade-up', partitionResponses: [{ index: 0, errorCode: 3 }] }] };
    await exchange(API.produce, 12, {}, answer, false, node);
    expect(node.around.names.topicIds.nameOf(madeUp)).toBeUndefined();
    await exchange(API.produce, 13, {}, answer, false, node);
    expect(node.around.names.topicIds.nameOf(madeUp)).toBe('made-up');
  });

  test('an id that is known asks no cluster', async () => {
    const node = freshNode();
    node.around.names.topicIds.idOf('users');
    await exchange(API.metadata, 12, { topics: [{ topicId: USERS, name: null }] }, {}, false, node);
    expect(node.asked()).toBe(0);
  });
});

describe('Fetch by id, and its sessions', () => {
  const partitions = [{ partition: 0, currentLeaderEpoch: 4, lastFetchedEpoch: 3, fetchOffset: 5n }];

  test('a whole fetch becomes one by name, epochs cleared, and keeps its session', async () => {
    const { asked } = await exchange(API.fetch, 17, { sessionId: 5, sessionEpoch: 0, topics: [{ topicId: USERS, partitions }], clusterId: 'x', replicaState: { replicaId: 9 } }, {});
    expect(asked).toMatchObject({ replicaId: -1, clusterId: null, sessionId: 5, sessionEpoch: 0, topics: [{ topic: 'teamAusers', partitions: [{ fetchOffset: 5n, currentLeaderEpoch: -1, lastFetchedEpoch: -1 }] }] });
  });

  test('an incremental one forgets by name; an id that nobody knows was in no session', async () => {
    const { asked } = await exchange(API.fetch, 13, { sessionId: 5, sessionEpoch: 3, topics: [], forgottenTopicsData: [{ topicId: USERS, partitions: [0] }, { topicId: FOREIGN, partitions: [0] }] }, {});
    expect(asked?.['forgottenTopicsData']).toMatchObject([{ topic: 'teamAusers', partitions: [0] }]);
    expect(asked?.['forgottenTopicsData']).toHaveLength(1);
    expect(asked).toMatchObject({ sessionId: 5, sessionEpoch: 3 });
  });

  test('no session begins with an id that nobody knows: the broker would keep a session that the client does not mean', async () => {
    const { asked, answered } = await exchange(API.fetch, 17, { sessionId: 0, sessionEpoch: 0, topics: [{ topicId: FOREIGN, partitions }, { topicId: USERS, partitions }] }, { responses: [{ topic: 'teamAusers', partitions: [] }] });
    expect(asked).toMatchObject({ sessionEpoch: -1, topics: [{ topic: 'teamAusers' }] });
    expect(answered['responses']).toMatchObject([{ topicId: USERS }, { topicId: FOREIGN, partitions: [{ partitionIndex: 0, errorCode: ERROR.UNKNOWN_TOPIC_ID }] }]);
  });

  test('one that is there ends with it', async () => {
    const { asked, answered } = await exchange(API.fetch, 17, { sessionId: 5, sessionEpoch: 3, topics: [{ topicId: FOREIGN, partitions }] }, {});
    expect(asked).toBeUndefined();
    expect(answered).toMatchObject({ errorCode: ERROR.FETCH_SESSION_TOPIC_ID_ERROR, responses: [] });
  });

  test('nothing but unknown ids does not reach the broker', async () => {
    const { asked, answered } = await exchange(API.fetch, 17, { sessionEpoch: 0, topics: [{ topicId: FOREIGN, partitions }] }, {});
    expect(asked).toBeUndefined();
    expect(answered).toMatchObject({ errorCode: 0, sessionId: 0, responses: [{ topicId: FOREIGN, partitions: [{ errorCode: ERROR.UNKNOWN_TOPIC_ID }] }] });
  });
});

describe('KIP-848 groups', () => {
  test('a heartbeat names group and topics of the cluster, and owned partitions by the active cluster\'s ids; foreign ones stay here', async () => {
    const topicPartitions = [{ topicId: USERS, partitions: [0, 1] }, { topicId: FOREIGN, partitions: [0] }, { topicId: NOBODYS, partitions: [0] }];
    const { asked } = await exchange(API.consumerGroupHeartbeat, 1, { groupId: 'g', memberId: 'm', subscribedTopicNames: ['users'], subscribedTopicRegex: 'a|b', topicPartitions }, {});
    expect(asked).toMatchObject({ groupId: 'teamAg', memberId: 'm', subscribedTopicNames: ['teamAusers'], subscribedTopicRegex: '\\QteamA\\E(?:a|b)' });
    expect(asked?.['topicPartitions']).toMatchObject([{ topicId: REAL_IDS.get('teamAusers'), partitions: [0, 1] }]);
    expect(asked?.['topicPartitions']).toHaveLength(1);
  });

  test('what is not said stays unsaid', async () => {
    const { asked } = await exchange(API.consumerGroupHeartbeat, 1, { groupId: 'g', subscribedTopicRegex: '' }, {});
    expect(asked).toMatchObject({ subscribedTopicNames: null, subscribedTopicRegex: '', topicPartitions: null });
  });

  test('a pattern that would reach past the prefix is refused', async () => {
    const { asked, answered } = await exchange(API.consumerGroupHeartbeat, 1, { groupId: 'g', subscribedTopicRegex: 'a)|(?:.*' }, {});
    expect(asked).toBeUndefined();
    expect(answered['errorCode']).toBe(ERROR.INVALID_REGULAR_EXPRESSION);
  });

  test('an assignment comes in virtual ids, and nothing of another tenant', async () => {
    const assignment = { topicPartitions: ['teamAusers', 'teamBusers'].map((name) => ({ topicId: REAL_IDS.get(name), partitions: [0] })) };
    const { answered } = await exchange(API.consumerGroupHeartbeat, 1, { groupId: 'g' }, { memberId: 'm', memberEpoch: 3, assignment });
    expect(answered).toMatchObject({ errorCode: 0, memberEpoch: 3 });
    expect((answered['assignment'] as Message)['topicPartitions']).toEqual([{ topicId: USERS, partitions: [0] }]);
  });

  test('an assignment that cannot be named yet is asked for again, not cut', async () => {
    const assignment = { topicPartitions: [{ topicId: REAL_IDS.get('teamAusers'), partitions: [0] }, { topicId: uuid('new'), partitions: [0] }] };
    const { answered } = await exchange(API.consumerGroupHeartbeat, 1, { groupId: 'g' }, { assignment });
    expect(answered).toMatchObject({ errorCode: ERROR.COORDINATOR_LOAD_IN_PROGRESS, assignment: null });
  });

  test('ConsumerGroupDescribe', async () => {
    const assignment = { topicPartitions: ['teamAusers', 'teamBusers'].map((topicName) => ({ topicName, topicId: REAL_IDS.get(topicName), partitions: [0] })) };
    const { asked, answered } = await exchange(API.consumerGroupDescribe, 1, { groupIds: ['g'] }, { groups: [{ groupId: 'teamAg', members: [{ subscribedTopicNames: ['teamAusers'], subscribedTopicRegex: '\\QteamA\\E(?:a.*)', assignment, targetAssignment: assignment }] }] });
    expect(asked?.['groupIds']).toEqual(['teamAg']);
    const ours = { topicPartitions: [{ topicId: USERS, topicName: 'users', partitions: [0] }] };
    expect(answered['groups']).toMatchObject([{ groupId: 'g', members: [{ subscribedTopicNames: ['users'], subscribedTopicRegex: 'a.*', assignment: ours, targetAssignment: ours }] }]);
    expect(JSON.stringify(answered, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value))).not.toContain('team');
  });
});

describe('errors that end a consumer for ever, for members that come over (D6)', () => {
  const heartbeat = { key: API.consumerGroupHeartbeat, version: 1, at: (errorCode: number): Message => ({ errorCode }) };
  const commit = { key: API.offsetCommit, version: 9, at: (errorCode: number): Message => ({ topics: [{ name: 'teamAusers', partitions: [{ errorCode }] }] }) };
  const txnCommit = { key: API.txnOffsetCommit, version: 3, at: commit.at };
  const join = { key: API.joinGroup, version: 9, at: heartbeat.at };
  const classic = { key: API.heartbeat, version: 4, at: heartbeat.at };
  const sync = { key: API.syncGroup, version: 5, at: heartbeat.at };

  test.each([
    { name: 'KIP-848: group unknown', ...heartbeat, error: 69, settling: 110, later: 110 },
    { name: 'KIP-848: member unknown', ...heartbeat, error: 25, settling: 110, later: 25 },
    { name: 'KIP-848: instance fenced', ...heartbeat, error: 82, settling: 110, later: 82 },
    { name: 'KIP-848: instance not released: wait, do not spin', ...heartbeat, error: 111, settling: 14, later: 111 },
    { name: 'KIP-848: none', ...heartbeat, error: 0, settling: 0, later: 0 },
    { name: 'KIP-848: another', ...heartbeat, error: 113, settling: 113, later: 113 },
    { name: 'OffsetCommit: group unknown', ...commit, error: 69, settling: 25, later: 25 },
    { name: 'OffsetCommit: instance fenced', ...commit, error: 82, settling: 25, later: 82 },
    { name: 'TxnOffsetCommit: instance fenced', ...txnCommit, error: 82, settling: 25, later: 82 },
    { name: 'JoinGroup: instance fenced', ...join, error: 82, settling: 25, later: 82 },
    { name: 'SyncGroup: instance fenced', ...sync, error: 82, settling: 25, later: 82 },
    { name: 'Heartbeat: instance fenced', ...classic, error: 82, settling: 25, later: 82 },
    { name: 'Heartbeat: rebalance', ...classic, error: 27, settling: 27, later: 27 },
  ])('$name', async ({ key, version, at, error, settling, later }) => {
    const seen = async (isSettling: boolean): Promise<unknown> => {
      const { answered } = await exchange(key, version, {}, at(error), isSettling);
      const [topic] = (answered['topics'] as { partitions: Message[] }[] | undefined) ?? [];
      return topic === undefined ? answered['errorCode'] : topic.partitions[0]?.['errorCode'];
    };
    expect(await seen(true)).toBe(settling);
    expect(await seen(false)).toBe(later);
  });
});

describe('the table', () => {
  test('new groups are there when every cluster is Kafka 4.0 or newer, and only then', () => {
    const has = (...versions: readonly string[]): boolean => apiTableFor(versions).has(API.consumerGroupHeartbeat) && apiTableFor(versions).has(API.consumerGroupDescribe);
    expect(has('4.3.1', '4.0.0')).toBe(true);
    expect(has('4.3.1', '3.9.2')).toBe(false);
    expect(has('10.0.0')).toBe(true);
    expect([...apiTableFor(['3.9.2']).keys()]).toEqual([...API_TABLE.keys()].filter((key) => key !== 68 && key !== 69));
  });

  test('a broker needs the versions that it is spoken to, not those of clients', () => {
    const served = new Map([...API_TABLE.values()].map(({ key, min, brokerMax }) => [key, { min, max: brokerMax }]));
    expect(missingApis(API_TABLE, served)).toEqual([]);
    served.set(API.fetch, { min: 4, max: 11 });
    expect(missingApis(API_TABLE, served)).toEqual(['api 1 is served 4–11, needed 4–12']);
    served.delete(API.consumerGroupHeartbeat);
    expect(missingApis(API_TABLE, served)).toContain('api 68 is not served');
  });

  test('no version that a broker is spoken to has a topic id, but those that have no other way', () => {
    for (const { key, min, max } of API_TABLE.values()) {
      if (key === API.consumerGroupHeartbeat || key === API.consumerGroupDescribe) continue;
      for (let version = min; version <= max; version++) {
        for (const schema of [api(key).request, api(key).response]) {
          expect(JSON.stringify(schema.fields, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)).match(/"topicId","type":"uuid","versions":\[(\d+)/g)?.every((found) => Number(/\d+$/.exec(found)?.[0]) > brokerVersionOf(key, version)) ?? true).toBe(true);
        }
      }
    }
  });
});
