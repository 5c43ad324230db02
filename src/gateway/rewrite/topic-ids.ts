import { ERROR } from '../../wire/error-codes.ts';
import type { CreateTopicsResponse } from '../../wire/generated/create-topics.ts';
import type { DeletableTopicResult, DeleteTopicsRequest, DeleteTopicsResponse } from '../../wire/generated/delete-topics.ts';
import { fetchResponse, type FetchRequest, type FetchResponse } from '../../wire/generated/fetch.ts';
import type { MetadataRequest, MetadataResponse, MetadataResponseTopic } from '../../wire/generated/metadata.ts';
import type { OffsetCommitRequest, OffsetCommitResponse } from '../../wire/generated/offset-commit.ts';
import type { OffsetFetchRequest, OffsetFetchRequestTopics, OffsetFetchResponse } from '../../wire/generated/offset-fetch.ts';
import type { ProduceResponse } from '../../wire/generated/produce.ts';
import { newMessage } from '../../wire/new-message.ts';
import { ZERO_UUID } from '../../wire/schema.ts';
import { API } from '../api-table.ts';
import { FIRST_PRODUCE_BY_ID } from '../splice/produce-request-by-id.ts';
import type { TopicIds } from '../tenants/topic-ids.ts';

type Body = Record<string, unknown>;

/**
 * A request in which ids became names is ready for the broker; `complete` adds to the answer, once it is the client's, what the broker was
 * not asked: the topics whose ids are nobody's. Or the gateway answers alone.
 */
export type NamedRequest = { readonly kind: 'forward'; readonly complete: (answer: Body) => void } | { readonly kind: 'answer'; readonly body: Body };

interface IdRule {
  /** The virtual ids that a client's request has in place of names. */
  readonly ids?: (request: never) => string[];
  /** Virtual ids become virtual names, in place. */
  readonly name?: (request: never, ids: TopicIds, version: number) => NamedRequest;
  /** Virtual names in an answer get their ids, in place. */
  readonly identify: (answer: never, ids: TopicIds) => void;
}

/** The ids that a request in the client's version names topics by. */
export function topicIdsIn(apiKey: number, request: Body): string[] {
  return RULES[apiKey]?.ids?.(request as never).filter((id) => id !== ZERO_UUID) ?? [];
}

/** From the client's version, which has ids, to the broker's, which has names; both the virtual ones. */
export function nameTopics(apiKey: number, version: number, request: Body, ids: TopicIds): NamedRequest {
  return RULES[apiKey]?.name?.(request as never, ids, version) ?? NOTHING_LACKS;
}

/** From the broker's version to the client's: after `rewriteResponse`, which leaves nothing but the tenant's topics. */
export function identifyTopics(apiKey: number, version: number, answer: Body, ids: TopicIds): void {
  // Newer than the broker's, and with names all the same: whatever a client makes up would be remembered.
  if (apiKey === API.produce && version < FIRST_PRODUCE_BY_ID) return;
  RULES[apiKey]?.identify(answer as never, ids);
}

/** How Kafka answers for a partition of a topic id that it does not know, in a Produce response. */
export function unknownTopicProduced(topicId: string, partitions: readonly number[]): ProduceResponse['responses'][number] {
  const unknown = { errorCode: ERROR.UNKNOWN_TOPIC_ID, baseOffset: -1n, logAppendTimeMs: -1n, logStartOffset: -1n, recordErrors: [], errorMessage: null, currentLeader: { leaderId: -1, leaderEpoch: -1 } };
  return { name: '', topicId, partitionResponses: partitions.map((index) => ({ ...unknown, index })) };
}

const NOTHING_LACKS: NamedRequest = { kind: 'forward', complete: () => {} };

const RULES: { readonly [key: number]: IdRule } = {
  [API.produce]: {
    identify: (answer: ProduceResponse, ids) => {
      for (const topic of answer.responses) topic.topicId = ids.idOf(topic.name);
    },
  },
  [API.fetch]: {
    ids: (request: FetchRequest) => [...request.topics, ...request.forgottenTopicsData].map(({ topicId }) => topicId),
    name: nameFetch,
    identify: (answer: FetchResponse, ids) => {
      for (const topic of answer.responses) topic.topicId = ids.idOf(topic.topic);
    },
  },
  [API.metadata]: {
    ids: (request: MetadataRequest) => (request.topics ?? []).flatMap(({ name, topicId }) => (name === null ? [topicId] : [])),
    name: nameMetadata,
    identify: (answer: MetadataResponse, ids) => {
      for (const topic of answer.topics) topic.topicId = exists(topic) ? ids.idOf(topic.name ?? '') : ZERO_UUID;
    },
  },
  [API.offsetCommit]: {
    ids: (request: OffsetCommitRequest) => request.topics.map(({ topicId }) => topicId),
    name: (request: OffsetCommitRequest, ids) => {
      const { known, unknown } = split(request.topics, ids, 'name');
      request.topics = known;
      return forward((answer: OffsetCommitResponse) => {
        for (const { topicId, partitions } of unknown) {
          answer.topics.push({ name: '', topicId, partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode: ERROR.UNKNOWN_TOPIC_ID })) });
        }
      });
    },
    identify: (answer: OffsetCommitResponse, ids) => {
      for (const topic of answer.topics) topic.topicId = ids.idOf(topic.name);
    },
  },
  [API.offsetFetch]: {
    ids: (request: OffsetFetchRequest) => request.groups.flatMap(({ topics }) => topics ?? []).map(({ topicId }) => topicId),
    name: nameOffsetFetch,
    identify: (answer: OffsetFetchResponse, ids) => {
      for (const { topics } of answer.groups) for (const topic of topics) topic.topicId = ids.idOf(topic.name);
    },
  },
  [API.createTopics]: {
    identify: (answer: CreateTopicsResponse, ids) => {
      for (const topic of answer.topics) topic.topicId = topic.errorCode === ERROR.NONE ? ids.idOf(topic.name) : ZERO_UUID;
    },
  },
  [API.deleteTopics]: {
    ids: (request: DeleteTopicsRequest) => request.topics.flatMap(({ name, topicId }) => (name === null ? [topicId] : [])),
    name: nameDeleteTopics,
    identify: (answer: DeleteTopicsResponse, ids) => {
      for (const topic of answer.responses) topic.topicId = topic.errorCode === ERROR.NONE && topic.name !== null ? ids.idOf(topic.name) : ZERO_UUID;
    },
  },
};

/**
 * A fetch session that a broker keeps must hold exactly the partitions that the client believes to be in it. A session with an id that
 * nobody knows would not: so none is begun with one, and one that exists is ended (the client then names all its partitions again).
 */
function nameFetch(request: FetchRequest, ids: TopicIds): NamedRequest {
  const { known, unknown } = split(request.topics, ids, 'topic');
  request.topics = known;
  request.forgottenTopicsData = split(request.forgottenTopicsData, ids, 'topic').known;
  if (unknown.length === 0) return NOTHING_LACKS;
  if (request.sessionEpoch > 0) return { kind: 'answer', body: { ...newMessage(fetchResponse, { errorCode: ERROR.FETCH_SESSION_TOPIC_ID_ERROR }) } };
  request.sessionEpoch = FINAL_SESSION_EPOCH;
  const responses = unknown.map(({ topicId, partitions }) => ({
    topicId,
    partitions: partitions.map(({ partition }) => ({ partitionIndex: partition, errorCode: ERROR.UNKNOWN_TOPIC_ID, highWatermark: -1n, records: Buffer.alloc(0) })),
  }));
  const lacking = newMessage<FetchResponse>(fetchResponse, { responses });
  if (known.length === 0) return { kind: 'answer', body: { ...lacking } };
  return forward((answer: FetchResponse) => void answer.responses.push(...lacking.responses));
}

/** "No session": a broker ends one that it has. */
const FINAL_SESSION_EPOCH = -1;

function nameMetadata(request: MetadataRequest, ids: TopicIds, version: number): NamedRequest {
  if (request.topics === null || request.topics.every(({ name }) => name !== null)) return NOTHING_LACKS;
  // Versions 10 and 11 cannot say null; clients look at the id.
  const name = version >= 12 ? null : '';
  const asked = new Map<string, string>();
  const unknown: string[] = [];
  request.topics = request.topics.filter((topic) => {
    if (topic.name !== null) return true;
    const found = ids.nameOf(topic.topicId);
    if (found === undefined) unknown.push(topic.topicId);
    else asked.set((topic.name = found), topic.topicId);
    return found !== undefined;
  });
  return forward((answer: MetadataResponse) => {
    for (const topic of answer.topics) {
      const topicId = topic.name === null ? undefined : asked.get(topic.name);
      if (topicId !== undefined && !exists(topic)) Object.assign(topic, { errorCode: ERROR.UNKNOWN_TOPIC_ID, topicId, name });
    }
    for (const topicId of unknown) {
      answer.topics.push({ errorCode: ERROR.UNKNOWN_TOPIC_ID, name, topicId, isInternal: false, partitions: [], topicAuthorizedOperations: -2147483648 });
    }
  });
}

function nameOffsetFetch(request: OffsetFetchRequest, ids: TopicIds): NamedRequest {
  const unknownByGroup = new Map<string, OffsetFetchRequestTopics[]>();
  for (const group of request.groups) {
    if (group.topics === null) continue;
    const { known, unknown } = split(group.topics, ids, 'name');
    group.topics = known;
    unknownByGroup.set(group.groupId, unknown);
  }
  return forward((answer: OffsetFetchResponse) => {
    for (const group of answer.groups) {
      for (const { topicId, partitionIndexes } of unknownByGroup.get(group.groupId) ?? []) {
        const partitions = partitionIndexes.map((partitionIndex) => ({ partitionIndex, committedOffset: -1n, committedLeaderEpoch: -1, metadata: '', errorCode: ERROR.UNKNOWN_TOPIC_ID }));
        group.topics.push({ name: '', topicId, partitions });
      }
    }
  });
}

function nameDeleteTopics(request: DeleteTopicsRequest, ids: TopicIds): NamedRequest {
  const unknown: DeletableTopicResult[] = [];
  request.topicNames = request.topics.flatMap(({ name, topicId }) => {
    const known = name ?? ids.nameOf(topicId);
    if (known === undefined) unknown.push({ name: null, topicId, errorCode: ERROR.UNKNOWN_TOPIC_ID, errorMessage: null });
    return known ?? [];
  });
  return forward((answer: DeleteTopicsResponse) => void answer.responses.push(...unknown));
}

function split<K extends string, T extends { topicId: string } & Record<K, string>>(topics: T[], ids: TopicIds, key: K): { known: T[]; unknown: T[] } {
  const known: T[] = [];
  const unknown: T[] = [];
  for (const topic of topics) {
    const name = ids.nameOf(topic.topicId);
    if (name === undefined) unknown.push(topic);
    else known.push(Object.assign(topic, { [key]: name }));
  }
  return { known, unknown };
}

/** A topic without a leader for the moment is there all the same. */
function exists({ errorCode }: MetadataResponseTopic): boolean {
  return errorCode === ERROR.NONE || errorCode === ERROR.LEADER_NOT_AVAILABLE;
}

function forward<T>(complete: (answer: T) => void): NamedRequest {
  return { kind: 'forward', complete: (answer) => complete(answer as T) };
}
