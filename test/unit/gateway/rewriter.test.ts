import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { API, API_TABLE, brokerVersionOf } from '../../../src/gateway/api-table.ts';
import { rewriteRequest, rewriteResponse, type Surroundings } from '../../../src/gateway/rewrite/rewriter.ts';
import type { TopicDirectory } from '../../../src/gateway/topic-directory.ts';
import { toClient } from '../../../src/gateway/rewrite/translation.ts';
import { TenantNames } from '../../../src/gateway/tenant-names.ts';
import { decodeMessage, encodeMessage } from '../../../src/wire/codec.ts';
import { readVersioned, writeVersioned } from '../../../src/wire/consumer-protocol.ts';
import { ERROR } from '../../../src/wire/error-codes.ts';
import { APIS } from '../../../src/wire/generated/apis.ts';
import { consumerProtocolAssignment } from '../../../src/wire/generated/consumer-protocol-assignment.ts';
import { consumerProtocolSubscription } from '../../../src/wire/generated/consumer-protocol-subscription.ts';
import { newMessage } from '../../../src/wire/new-message.ts';
import { ZERO_UUID, type ApiDefinition, type Message } from '../../../src/wire/schema.ts';
import { forEachField } from '../../support/schema-walk.ts';
import { arbitraryMessage } from '../wire/arbitrary-message.ts';

const NO_TOPICS: TopicDirectory = { refresh: async () => {}, topics: () => [], idOf: () => undefined, nameOf: () => undefined };

function around(aliases: readonly { virtual: string; physical: string }[] = []): Surroundings {
  const names = new TenantNames('teamA');
  names.setAliases(aliases);
  return { names, topics: NO_TOPICS, clusterId: 'private', endpointOf: (nodeId) => (nodeId >= 1 && nodeId <= 3 ? { host: 'gateway', port: 6968 + nodeId } : undefined), groupProtocols: new Map() };
}

function api(key: number): ApiDefinition {
  const found = APIS.get(key);
  if (found === undefined) throw new Error(`no api ${key}`);
  return found;
}

/** What the broker sees of a request. */
function asked(key: number, version: number, draft: Message, surroundings = around()): Message {
  const body = newMessage(api(key).request, draft as never);
  expect(rewriteRequest(api(key), version, body, surroundings).kind).toBe('forward');
  return decodeMessage(api(key).request, version, encodeMessage(api(key).request, version, body));
}

/** What the gateway answers by itself. */
function refused(key: number, version: number, draft: Message): Message {
  const outcome = rewriteRequest(api(key), version, newMessage(api(key).request, draft as never), around());
  if (outcome.kind !== 'answer') throw new Error('the request went on to the broker');
  return decodeMessage(api(key).response, version, encodeMessage(api(key).response, version, outcome.body));
}

/** What the client sees of a response. */
function answered(key: number, version: number, draft: Message, surroundings = around()): Message {
  const body = newMessage(api(key).response, draft as never);
  rewriteResponse(api(key), version, body, surroundings);
  return decodeMessage(api(key).response, version, encodeMessage(api(key).response, version, body));
}

const LIST_GROUPS = 16;
const DELETE_TOPICS = 20;

describe('requests, as the broker sees them', () => {
  test.each<{ name: string; key: number; version: number; request: Message; becomes: Message }>([
    { name: 'Metadata of named topics; never with creation', key: API.metadata, version: 9, request: { topics: [{ name: 'users' }], allowAutoTopicCreation: true }, becomes: { topics: [{ name: 'teamAusers' }], allowAutoTopicCreation: false } },
    { name: 'Metadata of all topics', key: API.metadata, version: 9, request: { topics: null }, becomes: { topics: null } },
    { name: 'ListOffsets', key: API.listOffsets, version: 7, request: { topics: [{ name: 'users', partitions: [{ partitionIndex: 0, currentLeaderEpoch: 4 }] }] }, becomes: { topics: [{ name: 'teamAusers', partitions: [{ partitionIndex: 0, currentLeaderEpoch: -1 }] }] } },
    { name: 'Fetch, epochs cleared (00.1)', key: API.fetch, version: 12, request: { topics: [{ topic: 'users', partitions: [{ partition: 0, currentLeaderEpoch: 4, lastFetchedEpoch: 3 }] }], forgottenTopicsData: [{ topic: 'old' }], clusterId: 'x' }, becomes: { topics: [{ topic: 'teamAusers', partitions: [{ currentLeaderEpoch: -1, lastFetchedEpoch: -1 }] }], forgottenTopicsData: [{ topic: 'teamAold' }], clusterId: null } },
    { name: 'OffsetCommit', key: API.offsetCommit, version: 8, request: { groupId: 'g', topics: [{ name: 'users', partitions: [{ committedLeaderEpoch: 4 }] }] }, becomes: { groupId: 'teamAg', topics: [{ name: 'teamAusers', partitions: [{ committedLeaderEpoch: -1 }] }] } },
    { name: 'OffsetFetch of one group', key: API.offsetFetch, version: 5, request: { groupId: 'g', topics: [{ name: 'users' }] }, becomes: { groupId: 'teamAg', topics: [{ name: 'teamAusers' }] } },
    { name: 'OffsetFetch of several groups, one with all topics', key: API.offsetFetch, version: 8, request: { groups: [{ groupId: 'g', topics: [{ name: 'users' }] }, { groupId: 'h', topics: null }] }, becomes: { groups: [{ groupId: 'teamAg', topics: [{ name: 'teamAusers' }] }, { groupId: 'teamAh', topics: null }] } },
    { name: 'FindCoordinator of a group', key: API.findCoordinator, version: 3, request: { key: 'g', keyType: 0 }, becomes: { key: 'teamAg' } },
    { name: 'FindCoordinator of transactions', key: API.findCoordinator, version: 4, request: { keyType: 1, coordinatorKeys: ['t', 'u'] }, becomes: { coordinatorKeys: ['teamAt', 'teamAu'] } },
    { name: 'DescribeGroups', key: API.describeGroups, version: 5, request: { groups: ['g'] }, becomes: { groups: ['teamAg'] } },
    { name: 'DeleteGroups', key: 42, version: 2, request: { groupsNames: ['g'] }, becomes: { groupsNames: ['teamAg'] } },
    { name: 'CreateTopics', key: API.createTopics, version: 5, request: { topics: [{ name: 'users' }] }, becomes: { topics: [{ name: 'teamAusers' }] } },
    { name: 'DeleteTopics', key: DELETE_TOPICS, version: 5, request: { topicNames: ['users', 'legacy'] }, becomes: { topicNames: ['teamAusers', 'old.topic'] } },
    { name: 'InitProducerId of a transactional producer', key: API.initProducerId, version: 4, request: { transactionalId: 't' }, becomes: { transactionalId: 'teamAt' } },
    { name: 'AddPartitionsToTxn', key: 24, version: 3, request: { v3AndBelowTransactionalId: 't', v3AndBelowTopics: [{ name: 'users' }] }, becomes: { v3AndBelowTransactionalId: 'teamAt', v3AndBelowTopics: [{ name: 'teamAusers' }] } },
    { name: 'AddOffsetsToTxn', key: 25, version: 3, request: { transactionalId: 't', groupId: 'g' }, becomes: { transactionalId: 'teamAt', groupId: 'teamAg' } },
    { name: 'EndTxn', key: 26, version: 3, request: { transactionalId: 't' }, becomes: { transactionalId: 'teamAt' } },
    { name: 'TxnOffsetCommit', key: 28, version: 3, request: { transactionalId: 't', groupId: 'g', topics: [{ name: 'users', partitions: [{ committedLeaderEpoch: 3 }] }] }, becomes: { transactionalId: 'teamAt', groupId: 'teamAg', topics: [{ name: 'teamAusers', partitions: [{ committedLeaderEpoch: -1 }] }] } },
    { name: 'DescribeTransactions', key: 65, version: 0, request: { transactionalIds: ['t'] }, becomes: { transactionalIds: ['teamAt'] } },
    { name: 'DescribeConfigs of a topic and of a broker', key: API.describeConfigs, version: 4, request: { resources: [{ resourceType: 2, resourceName: 'users' }, { resourceType: 4, resourceName: '1' }] }, becomes: { resources: [{ resourceName: 'teamAusers' }, { resourceName: '1' }] } },
    { name: 'IncrementalAlterConfigs of a topic', key: API.incrementalAlterConfigs, version: 1, request: { resources: [{ resourceType: 2, resourceName: 'users' }] }, becomes: { resources: [{ resourceName: 'teamAusers' }] } },
    { name: 'ElectLeaders of named topics', key: API.electLeaders, version: 2, request: { topicPartitions: [{ topic: 'users', partitions: [0] }] }, becomes: { topicPartitions: [{ topic: 'teamAusers' }] } },
    { name: 'OffsetDelete', key: 47, version: 0, request: { groupId: 'g', topics: [{ name: 'users' }] }, becomes: { groupId: 'teamAg', topics: [{ name: 'teamAusers' }] } },
  ])('$name', ({ key, version, request, becomes }) => {
    expect(asked(key, version, request, around([{ virtual: 'legacy', physical: 'old.topic' }]))).toMatchObject(becomes);
  });

  test('topics inside ConsumerProtocol bytes (D10), other protocols untouched', () => {
    const subscription = writeVersioned(consumerProtocolSubscription, { version: 1, rest: Buffer.from('rest'), value: newMessage(consumerProtocolSubscription, { topics: ['users'], userData: Buffer.from('users'), ownedPartitions: [{ topic: 'users', partitions: [1] }] }) });
    const surroundings = around();
    const join = asked(API.joinGroup, 5, { groupId: 'g', protocolType: 'consumer', protocols: [{ name: 'range', metadata: subscription }] }, surroundings) as { protocols: { metadata: Buffer }[] };
    const seen = readVersioned(consumerProtocolSubscription, join.protocols[0]?.metadata ?? Buffer.alloc(0));
    expect(seen).toMatchObject({ version: 1, value: { topics: ['teamAusers'], ownedPartitions: [{ topic: 'teamAusers', partitions: [1] }] } });
    expect(seen.value.userData?.toString()).toBe('users');
    expect(seen.rest.toString()).toBe('rest');
    const assignment = writeVersioned(consumerProtocolAssignment, { version: 0, rest: Buffer.alloc(0), value: newMessage(consumerProtocolAssignment, { assignedPartitions: [{ topic: 'users', partitions: [0] }] }) });
    const sync = asked(API.syncGroup, 3, { groupId: 'g', assignments: [{ memberId: 'm', assignment }] }, surroundings) as { assignments: { assignment: Buffer }[] };
    expect(readVersioned(consumerProtocolAssignment, sync.assignments[0]?.assignment ?? Buffer.alloc(0)).value.assignedPartitions).toEqual([{ topic: 'teamAusers', partitions: [0] }]);
    const connect = asked(API.joinGroup, 5, { groupId: 'c', protocolType: 'connect', protocols: [{ name: 'x', metadata: subscription }] }) as { protocols: { metadata: Buffer }[] };
    expect(connect.protocols[0]?.metadata.equals(subscription)).toBe(true);
  });
});

describe('what is the operator\'s is refused here', () => {
  test.each<{ name: string; key: number; version: number; request: Message; answer: Message }>([
    { name: 'a broker\'s settings to be changed', key: API.incrementalAlterConfigs, version: 1, request: { resources: [{ resourceType: 4, resourceName: '1' }, { resourceType: 2, resourceName: 'users' }] }, answer: { responses: [{ errorCode: ERROR.CLUSTER_AUTHORIZATION_FAILED }, { errorCode: ERROR.CLUSTER_AUTHORIZATION_FAILED }] } },
    { name: 'client metrics', key: API.describeConfigs, version: 4, request: { resources: [{ resourceType: 16, resourceName: 'x' }] }, answer: { results: [{ errorCode: ERROR.CLUSTER_AUTHORIZATION_FAILED }] } },
    { name: 'an election for all topics', key: API.electLeaders, version: 2, request: { topicPartitions: null }, answer: { errorCode: ERROR.CLUSTER_AUTHORIZATION_FAILED } },
    { name: 'the list of other resources: empty', key: API.listConfigResources, version: 0, request: {}, answer: { errorCode: 0, configResources: [] } },
  ])('$name', ({ key, version, request, answer }) => {
    expect(refused(key, version, request)).toMatchObject(answer);
  });
});

describe('responses, as the client sees them: its own names, nothing of others', () => {
  test.each<{ name: string; key: number; version: number; response: Message; becomes: Message }>([
    {
      name: 'Metadata', key: API.metadata, version: 9,
      response: { clusterId: 'x', brokers: [{ nodeId: 2, host: 'kafka', port: 9092 }, { nodeId: 9, host: 'kafka', port: 9099 }], topics: [{ name: 'teamAusers', partitions: [{ leaderId: 2, leaderEpoch: 7 }] }, { name: 'teamBusers' }, { name: '_topicMappings' }] },
      becomes: { clusterId: 'private', brokers: [{ nodeId: 2, host: 'gateway', port: 6970 }], topics: [{ name: 'users', partitions: [{ leaderId: 2, leaderEpoch: -1 }] }] },
    },
    { name: 'FindCoordinator', key: API.findCoordinator, version: 2, response: { nodeId: 3, host: 'kafka', port: 9092, errorMessage: 'about teamAg' }, becomes: { host: 'gateway', port: 6971, errorMessage: 'about g' } },
    { name: 'FindCoordinator without a coordinator', key: API.findCoordinator, version: 2, response: { errorCode: 15, nodeId: -1, host: '', port: -1 }, becomes: { errorCode: 15, nodeId: -1, host: '', port: -1 } },
    { name: 'FindCoordinator of several', key: API.findCoordinator, version: 4, response: { coordinators: [{ key: 'teamAg', nodeId: 1, host: 'kafka', port: 1 }] }, becomes: { coordinators: [{ key: 'g', host: 'gateway', port: 6969 }] } },
    { name: 'DescribeCluster', key: API.describeCluster, version: 0, response: { clusterId: 'x', controllerId: 2, brokers: [{ brokerId: 2, host: 'kafka', port: 1 }, { brokerId: 8, host: 'kafka', port: 2 }] }, becomes: { clusterId: 'private', brokers: [{ brokerId: 2, host: 'gateway', port: 6970 }] } },
    { name: 'ListGroups', key: LIST_GROUPS, version: 4, response: { groups: [{ groupId: 'teamAg' }, { groupId: 'teamBg' }] }, becomes: { groups: [{ groupId: 'g' }] } },
    { name: 'OffsetFetch', key: API.offsetFetch, version: 8, response: { groups: [{ groupId: 'teamAg', topics: [{ name: 'teamAusers', partitions: [{ committedLeaderEpoch: 6 }] }] }] }, becomes: { groups: [{ groupId: 'g', topics: [{ name: 'users', partitions: [{ committedLeaderEpoch: -1 }] }] }] } },
    { name: 'ListOffsets', key: API.listOffsets, version: 7, response: { topics: [{ name: 'teamAusers', partitions: [{ leaderEpoch: 6 }] }] }, becomes: { topics: [{ name: 'users', partitions: [{ leaderEpoch: -1 }] }] } },
    { name: 'CreateTopics, the broker\'s words included', key: API.createTopics, version: 5, response: { topics: [{ name: 'teamAusers', errorCode: 36, errorMessage: "Topic 'teamAusers' already exists." }] }, becomes: { topics: [{ name: 'users', errorMessage: "Topic 'users' already exists." }] } },
    { name: 'ListTransactions', key: 66, version: 1, response: { transactionStates: [{ transactionalId: 'teamAt' }, { transactionalId: 'teamBt' }] }, becomes: { transactionStates: [{ transactionalId: 't' }] } },
    { name: 'DescribeLogDirs', key: 35, version: 4, response: { results: [{ topics: [{ name: 'teamAusers' }, { name: 'teamBusers' }] }] }, becomes: { results: [{ topics: [{ name: 'users' }] }] } },
    { name: 'ListPartitionReassignments', key: 46, version: 0, response: { topics: [{ name: 'teamAusers' }, { name: 'teamBusers' }] }, becomes: { topics: [{ name: 'users' }] } },
    {
      name: 'DescribeConfigs: of a broker only what concerns clients', key: API.describeConfigs, version: 4,
      response: { results: [{ resourceType: 4, resourceName: '1', configs: [{ name: 'advertised.listeners', value: 'kafka:9092' }, { name: 'message.max.bytes', value: '1' }] }, { resourceType: 2, resourceName: 'teamAusers', configs: [{ name: 'retention.ms', value: '1' }] }, { resourceType: 2, resourceName: 'teamBusers' }] },
      becomes: { results: [{ resourceName: '1', configs: [{ name: 'message.max.bytes' }] }, { resourceName: 'users', configs: [{ name: 'retention.ms' }] }] },
    },
  ])('$name', ({ key, version, response, becomes }) => {
    const seen = answered(key, version, response);
    expect(seen).toMatchObject(becomes);
    for (const [field, value] of Object.entries(becomes)) if (Array.isArray(value)) expect(seen[field]).toHaveLength(value.length);
  });
});

describe('for every api and version of the table, whatever the broker answers', () => {
  const cases = [...API_TABLE.values()].flatMap(({ key, min, max }) => Array.from({ length: max - min + 1 }, (_, index) => ({ key, version: min + index, name: api(key).name })));
  // Produce and Fetch are spliced and have tests of their own; their schemas hold for the rest of the rule all the same.
  test.each(cases)('$name version $version shows no name but the tenant\'s, no address but the gateway\'s, no leader epoch, no id of a cluster', ({ key, version }) => {
    fc.assert(
      fc.property(arbitraryMessage(api(key).response, brokerVersionOf(key, version)), (body) => {
        // A broker names this tenant's things, and others'.
        let count = 0;
        forEachField(api(key).response, brokerVersionOf(key, version), body, (field, owner) => {
          if (typeof owner[field.name] === 'string' && field.entityType !== undefined) owner[field.name] = count++ % 2 === 0 ? `teamA${count}` : `teamB${count}`;
          if (field.name === 'host' && key !== 29 && key !== 31) owner[field.name] = 'kafka';
        });
        const surroundings = { ...around(), topics: { ...NO_TOPICS, nameOf: (id: string) => (id < 'a' ? 'teamAreal' : 'teamBreal') } };
        toClient(api(key), { apiVersion: version }, body, surroundings);
        const seen = decodeMessage(api(key).response, version, encodeMessage(api(key).response, version, body));
        const leaks: string[] = [];
        forEachField(api(key).response, version, seen, (field, owner, path) => {
          const value = owner[field.name];
          if (typeof value === 'string' && /teamA|teamB/.test(value) && field.entityType !== undefined && isInList(path)) leaks.push(`${path}: ${value}`);
          if (value === 'kafka' && field.name === 'host') leaks.push(`${path}: ${value}`);
          if (/^(leaderEpoch|currentLeaderEpoch|committedLeaderEpoch|lastFetchedEpoch)$/.test(field.name) && value !== -1) leaks.push(`${path}: ${String(value)}`);
          if (field.name === 'topicId' && value !== ZERO_UUID && surroundings.names.topicIds.nameOf(String(value)) === undefined) leaks.push(`${path}: ${String(value)}`);
        });
        expect(leaks).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});

/** A name at the top of an answer echoes the request's own. */
function isInList(path: string): boolean {
  return path.includes('[') || path.includes('/') || path.includes('.');
}
