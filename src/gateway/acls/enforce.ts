import { ERROR } from '../../wire/error-codes.ts';
import { APIS } from '../../wire/generated/apis.ts';
import type { ConsumerGroupDescribeResponse } from '../../wire/generated/consumer-group-describe.ts';
import { newMessage } from '../../wire/new-message.ts';
import { API } from '../api-table.ts';
import type { Can } from './access.ts';
import { CLUSTER_NAME, OPERATION, RESOURCE } from './acl.ts';

type Body = Record<string, unknown>;
type Entry = Record<string, unknown>;

/** What becomes of a request: an answer of the gateway's own, or it goes on, and its answer is completed or filtered. */
export type Enforcement =
  | { readonly kind: 'answer'; readonly body: Body }
  /** `extra` is what the broker was not asked about; its lists are added to the answer's. */
  | { readonly kind: 'forward'; readonly extra?: Body; readonly filter?: (answer: Body) => void };

type Rule = (body: Body, can: Can, key: number) => Enforcement;

export const FORWARD: Enforcement = { kind: 'forward' };
const TOPIC = { errorCode: ERROR.TOPIC_AUTHORIZATION_FAILED };
const GROUP = { errorCode: ERROR.GROUP_AUTHORIZATION_FAILED };
const TRANSACTION = { errorCode: ERROR.TRANSACTIONAL_ID_AUTHORIZATION_FAILED };
const CLUSTER = { errorCode: ERROR.CLUSTER_AUTHORIZATION_FAILED };
const { read, write, create, delete: remove, alter, describe, describeConfigs, alterConfigs } = OPERATION;

/** Takes out of a decoded request, in the client's own names, what its user may not do. An API without a rule is denied. */
export function enforce(key: number, body: Body, can: Can): Enforcement {
  const rule = RULES[key];
  return rule === undefined ? answer(key, CLUSTER) : rule(body, can, key);
}

/** Whether there is a rule for that API (a test asks this of the whole table). */
export function hasAclRule(key: number): boolean {
  return Object.hasOwn(RULES, key);
}

function answer(key: number, draft: Body): Enforcement {
  return { kind: 'answer', body: wholeAnswer(key, draft) };
}

/** With every field that the draft leaves out: what is answered must be writable in every version. */
function wholeAnswer(key: number, draft: Body): Body {
  const api = APIS.get(key);
  return api === undefined ? draft : { ...newMessage<Body>(api.response, draft as never) };
}

const free: Rule = () => FORWARD;
const nameIn = (entry: Entry | string): string => (typeof entry === 'string' ? entry : String(entry['name'] ?? ''));

/** A list of things of which each may be denied by itself. */
function each(listKey: string, answerKey: string, isAllowed: (entry: Entry & string, can: Can, body: Body) => boolean, denied: (entry: Entry & string) => Entry): Rule {
  return (body, can, key) => {
    const list = (body[listKey] ?? []) as (Entry & string)[];
    const refused = list.filter((entry) => !isAllowed(entry, can, body));
    if (refused.length === 0) return FORWARD;
    const draft = { [answerKey]: refused.map(denied) };
    if (refused.length === list.length) return answer(key, draft);
    body[listKey] = list.filter((entry) => !refused.includes(entry));
    return { kind: 'forward', extra: { [answerKey]: wholeAnswer(key, draft)[answerKey] } };
  };
}

const topics = (operation: number, denied: (entry: Entry & string) => Entry, listKey = 'topics', answerKey = 'topics'): Rule =>
  each(listKey, answerKey, (entry, can) => can(operation, RESOURCE.topic, nameIn(entry)), denied);

/** Each partition of a topic with the error. `indexKey`: where a partition says which it is; undefined: it is the number itself. */
const partitionsOf = (entry: Entry, listKey: string, indexKey: string | undefined, more: Entry = TOPIC): Entry[] =>
  ((entry[listKey] ?? []) as (Entry & number)[]).map((partition) => ({ partitionIndex: indexKey === undefined ? partition : partition[indexKey], ...more }));

const group = (operation: number, then: Rule = free): Rule => (body, can, key) => (can(operation, RESOURCE.group, String(body['groupId'])) ? then(body, can, key) : answer(key, GROUP));
const transaction = (then: Rule = free, idKey = 'transactionalId'): Rule => (body, can, key) => (can(write, RESOURCE.transactionalId, String(body[idKey])) ? then(body, can, key) : answer(key, TRANSACTION));

/** The whole request for a group that is denied, where the answer has no place for an error but at each partition. */
const committed = (denyTopics: Rule, isDenied: (body: Body, can: Can) => Entry | undefined): Rule => (body, can, key) => {
  const error = isDenied(body, can);
  if (error === undefined) return denyTopics(body, can, key);
  return answer(key, { topics: ((body['topics'] ?? []) as Entry[]).map((topic) => ({ name: topic['name'], partitions: partitionsOf(topic, 'partitions', 'partitionIndex', error) })) });
};
const commitTopics = topics(read, (topic) => ({ name: topic['name'], partitions: partitionsOf(topic, 'partitions', 'partitionIndex') }));
const readsGroup = (body: Body, can: Can): boolean => can(read, RESOURCE.group, String(body['groupId']));

const configs = (operation: number, answerKey: string): Rule =>
  each('resources', answerKey, ({ resourceType, resourceName }, can) => {
    const type = resourceType === CONFIG_TOPIC ? RESOURCE.topic : resourceType === CONFIG_GROUP ? RESOURCE.group : undefined;
    return type === undefined || can(operation, type, String(resourceName));
  }, ({ resourceType, resourceName }) => ({ resourceType, resourceName, ...(resourceType === CONFIG_GROUP ? GROUP : TOPIC) }));
const CONFIG_TOPIC = 2;
const CONFIG_GROUP = 32;

const filtered = (listKey: string, isAllowed: (entry: Entry, can: Can) => boolean): Rule => (_body, can) => ({
  kind: 'forward',
  filter: (found) => {
    found[listKey] = ((found[listKey] ?? []) as Entry[]).filter((entry) => isAllowed(entry, can));
  },
});

const COMMITTED_UNKNOWN = { committedOffset: -1n, committedLeaderEpoch: -1, metadata: '' };
const NO_OFFSET = { timestamp: -1n, offset: -1n, ...TOPIC };

const RULES: { readonly [key: number]: Rule } = {
  [API.fetch]: (body, can, key) => {
    const list = (body['topics'] ?? []) as Entry[];
    const isAllowed = (entry: Entry): boolean => can(read, RESOURCE.topic, String(entry['topic']));
    if (list.every(isAllowed)) return FORWARD;
    // A fetch answer is not decoded on its way, so nothing can be added to it: what is allowed beside it is answered as "nothing new".
    const responses = list.map((entry) => ({
      topic: entry['topic'],
      partitions: ((entry['partitions'] ?? []) as Entry[]).map(({ partition }) => ({ partitionIndex: partition, highWatermark: -1n, records: Buffer.alloc(0), ...(isAllowed(entry) ? {} : TOPIC) })),
    }));
    return answer(key, { responses });
  },
  [API.listOffsets]: topics(describe, (topic) => ({ name: topic['name'], partitions: partitionsOf(topic, 'partitions', 'partitionIndex', NO_OFFSET) })),
  [API.metadata]: (body, can, key) => {
    const seesTopic = ({ name }: Entry): boolean => can(describe, RESOURCE.topic, String(name ?? ''));
    if (body['topics'] === null) return filtered('topics', seesTopic)(body, can, key);
    const list = (body['topics'] ?? []) as Entry[];
    const refused = list.filter((entry) => !seesTopic(entry));
    // Version 0 says "all" with an empty list, so what comes back is looked at, too.
    const filter = (found: Body): void => void (found['topics'] = ((found['topics'] ?? []) as Entry[]).filter(seesTopic));
    if (refused.length === 0) return { kind: 'forward', filter };
    // Never answered here: brokers and controller are in it.
    body['topics'] = list.filter((entry) => !refused.includes(entry));
    return { kind: 'forward', filter, extra: { topics: wholeAnswer(key, { topics: refused.map(({ name }) => ({ name, ...TOPIC })) })['topics'] } };
  },
  [API.offsetCommit]: committed(commitTopics, (body, can) => (readsGroup(body, can) ? undefined : GROUP)),
  [API.offsetFetch]: (body, can, key) => {
    const sees = (groupId: unknown): boolean => can(describe, RESOURCE.group, String(groupId));
    const groups = (body['groups'] ?? []) as Entry[];
    const isOne = groups.length === 0;
    const asked = isOne ? [body] : groups;
    const isRefused = asked.some((one) => !sees(one['groupId']) || ((one['topics'] ?? []) as Entry[]).some((topic) => !can(describe, RESOURCE.topic, nameIn(topic))));
    if (!isRefused) return { kind: 'forward', filter: (found) => hideTopics(found, can) };
    const results = asked.map((one) => {
      const error = sees(one['groupId']) ? TOPIC : GROUP;
      const list = ((one['topics'] ?? []) as Entry[]).map((topic) => ({ name: topic['name'], partitions: partitionsOf(topic, 'partitionIndexes', undefined, { ...COMMITTED_UNKNOWN, ...error }) }));
      return { groupId: one['groupId'], topics: list, errorCode: error === GROUP ? GROUP.errorCode : ERROR.NONE };
    });
    return answer(key, isOne ? { topics: results[0]?.topics, errorCode: results[0]?.errorCode } : { groups: results });
  },
  [API.findCoordinator]: (body, can, key) => {
    const [type, error] = body['keyType'] === 1 ? [RESOURCE.transactionalId, TRANSACTION] : [RESOURCE.group, GROUP];
    const nowhere = { nodeId: -1, host: '', port: -1, ...error };
    const keys = (body['coordinatorKeys'] ?? []) as string[];
    if (keys.length === 0) return can(describe, type, String(body['key'])) ? FORWARD : answer(key, nowhere);
    return each('coordinatorKeys', 'coordinators', (one) => can(describe, type, one), (one) => ({ key: one, ...nowhere }))(body, can, key);
  },
  [API.joinGroup]: group(read),
  [API.heartbeat]: group(read),
  [API.leaveGroup]: group(read),
  [API.syncGroup]: group(read),
  [API.consumerGroupHeartbeat]: group(read, (body, can, key) => {
    const names = (body['subscribedTopicNames'] ?? []) as string[];
    return names.every((name) => can(describe, RESOURCE.topic, name)) ? FORWARD : answer(key, TOPIC);
  }),
  [API.describeGroups]: each('groups', 'groups', (id, can) => can(describe, RESOURCE.group, id), (groupId) => ({ groupId, ...GROUP })),
  [API.consumerGroupDescribe]: (body, can, key) => {
    const seen = each('groupIds', 'groups', (id) => can(describe, RESOURCE.group, id), (groupId) => ({ groupId, ...GROUP }))(body, can, key);
    return seen.kind === 'answer' ? seen : { ...seen, filter: (found) => hideMembers(found, can) };
  },
  16: filtered('groups', ({ groupId }, can) => can(describe, RESOURCE.group, String(groupId))), // ListGroups
  [API.createTopics]: topics(create, ({ name }) => ({ name, ...TOPIC, numPartitions: -1, replicationFactor: -1 })),
  [API.deleteTopics]: topics(remove, (name) => ({ name, ...TOPIC }), 'topicNames', 'responses'),
  21: topics(remove, (topic) => ({ name: topic['name'], partitions: partitionsOf(topic, 'partitions', 'partitionIndex', { lowWatermark: -1n, ...TOPIC }) })), // DeleteRecords
  [API.initProducerId]: (body, can, key) => (body['transactionalId'] === null ? FORWARD : transaction()(body, can, key)),
  [API.addPartitionsToTxn]: (body, can, key) => {
    const list = (body['v3AndBelowTopics'] ?? []) as Entry[];
    const mayUse = can(write, RESOURCE.transactionalId, String(body['v3AndBelowTransactionalId']));
    const errorOf = (topic: Entry): number => (!mayUse ? TRANSACTION.errorCode : can(write, RESOURCE.topic, nameIn(topic)) ? ERROR.OPERATION_NOT_ATTEMPTED : TOPIC.errorCode);
    if (list.every((topic) => errorOf(topic) === ERROR.OPERATION_NOT_ATTEMPTED)) return FORWARD;
    // All or nothing, as the broker does it.
    const results = list.map((topic) => ({ name: topic['name'], resultsByPartition: ((topic['partitions'] ?? []) as number[]).map((partitionIndex) => ({ partitionIndex, partitionErrorCode: errorOf(topic) })) }));
    return answer(key, { resultsByTopicV3AndBelow: results });
  },
  [API.addOffsetsToTxn]: transaction(group(read)),
  [API.endTxn]: transaction(),
  [API.txnOffsetCommit]: committed(commitTopics, (body, can) => (!can(write, RESOURCE.transactionalId, String(body['transactionalId'])) ? TRANSACTION : readsGroup(body, can) ? undefined : GROUP)),
  [API.describeConfigs]: configs(describeConfigs, 'results'),
  [API.alterConfigs]: configs(alterConfigs, 'responses'),
  [API.incrementalAlterConfigs]: configs(alterConfigs, 'responses'),
  [API.listConfigResources]: free,
  [API.describeCluster]: free,
  35: (_body, can, key) => (can(describe, RESOURCE.cluster, CLUSTER_NAME) ? FORWARD : answer(key, CLUSTER)), // DescribeLogDirs
  37: topics(alter, ({ name }) => ({ name, ...TOPIC }), 'topics', 'results'), // CreatePartitions
  42: each('groupsNames', 'results', (id, can) => can(remove, RESOURCE.group, id), (groupId) => ({ groupId, ...GROUP })), // DeleteGroups
  [API.electLeaders]: (_body, can, key) => (can(alter, RESOURCE.cluster, CLUSTER_NAME) ? FORWARD : answer(key, CLUSTER)),
  46: (_body, can, key) => (can(describe, RESOURCE.cluster, CLUSTER_NAME) ? FORWARD : answer(key, CLUSTER)), // ListPartitionReassignments
  47: group(remove, commitTopics), // OffsetDelete
  61: topics(read, (topic) => ({ name: topic['name'], partitions: partitionsOf(topic, 'partitionIndexes', undefined) })), // DescribeProducers
  65: each('transactionalIds', 'transactionStates', (id, can) => can(describe, RESOURCE.transactionalId, id), (transactionalId) => ({ transactionalId, ...TRANSACTION })), // DescribeTransactions
  66: filtered('transactionStates', ({ transactionalId }, can) => can(describe, RESOURCE.transactionalId, String(transactionalId))), // ListTransactions
};

/** A group in which there is a topic that its reader may not see is shown without its members, as brokers of 4.3.1 do it (KafkaApis, consumerGroupDescribe). */
function hideMembers(found: Body, can: Can): void {
  for (const group of (found['groups'] ?? []) as ConsumerGroupDescribeResponse['groups']) {
    const topicsOf = group.members.flatMap(({ subscribedTopicNames, assignment, targetAssignment }) => [...subscribedTopicNames, ...[assignment, targetAssignment].flatMap(({ topicPartitions }) => topicPartitions.map(({ topicName }) => topicName))]);
    if (!topicsOf.every((name) => can(describe, RESOURCE.topic, name))) Object.assign(group, { ...TOPIC, errorMessage: 'the group reads topics that are not allowed to be described', members: [] });
  }
}

/** A group's offsets of topics that its reader may not know of: asked for "all", they are left out. */
function hideTopics(found: Body, can: Can): void {
  for (const one of [found, ...((found['groups'] ?? []) as Body[])]) {
    one['topics'] = ((one['topics'] ?? []) as Entry[]).filter((topic) => can(describe, RESOURCE.topic, nameIn(topic)));
  }
}
