import type { ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse } from '../../wire/generated/consumer-group-heartbeat.ts';
import { newMessage } from '../../wire/new-message.ts';
import type { ApiDefinition } from '../../wire/schema.ts';
import { applyAcls, completeAnswer } from '../acls/apply-acls.ts';
import { API, brokerVersionOf } from '../api-table.ts';
import { after, type Soon } from '../bytes/soon.ts';
import { learnTopicIds, realIdOf } from '../tenants/topic-directory.ts';
import { rewriteGroupErrors } from './group-errors.ts';
import { rewriteRequest, rewriteResponse, type Surroundings } from './rewriter.ts';
import { identifyTopics, nameTopics, topicIdsIn } from './topic-ids.ts';

type Body = Record<string, unknown>;

/** As members of classic groups do by default. Brokers say 5 s, and a drain of groups has not much longer. */
const MEMBER_HEARTBEAT_MS = 3000;

/** What a request becomes: the broker's, in its version, or an answer of the gateway's own, in the client's. */
export type Translation =
  | { readonly kind: 'forward'; readonly brokerVersion: number; readonly complete: (answer: Body) => void }
  | { readonly kind: 'answer'; readonly body: Body };

/**
 * Turns a client's request, in place, into the one for the broker.
 *
 *   client's version, virtual ids ──► broker's version, virtual names ──► physical names ──► broker
 */
export async function translateRequest(api: ApiDefinition, version: number, request: Body, around: Surroundings): Promise<Translation> {
  const { names, topics } = around;
  const brokerVersion = brokerVersionOf(api.key, version);
  const hasIds = version > brokerVersion;
  let complete: (answer: Body) => void = () => {};
  if (hasIds) {
    await learnTopicIds(topicIdsIn(api.key, request), names, topics);
    const named = nameTopics(api.key, version, request, names.topicIds);
    if (named.kind === 'answer') return named;
    complete = named.complete;
  }
  const allowed = await applyAcls(api, request, around.access);
  if (allowed.kind === 'answer') {
    if (hasIds) {
      identifyTopics(api.key, version, allowed.body, names.topicIds);
      complete(allowed.body);
    }
    return allowed;
  }
  if (allowed.extra !== undefined || allowed.filter !== undefined) {
    const before = complete;
    if (hasIds && allowed.extra !== undefined) identifyTopics(api.key, version, { ...newMessage<Body>(api.response, {}), ...allowed.extra }, names.topicIds);
    complete = (answer) => {
      before(answer);
      completeAnswer(allowed, answer);
    };
  }
  if (api.key === API.consumerGroupHeartbeat) await learnOwned(request as unknown as ConsumerGroupHeartbeatRequest, around);
  const outcome = rewriteRequest(api, brokerVersion, request, around);
  if (outcome.kind === 'forward') return { kind: 'forward', brokerVersion, complete };
  if (hasIds) {
    identifyTopics(api.key, version, outcome.body, names.topicIds);
    complete(outcome.body);
  }
  return outcome;
}

/** What was asked, as far as the answer depends on it. */
export interface Asked {
  readonly apiVersion: number;
  readonly complete?: (answer: Body) => void;
}

/** The way back, in place: the broker's answer, in its version, becomes the client's. */
export function translateResponse(api: ApiDefinition, asked: Asked, answer: Body, around: Surroundings, isSettling: boolean): Soon<void> {
  const learned = api.key === API.consumerGroupHeartbeat ? learnAssigned(answer as unknown as ConsumerGroupHeartbeatResponse, around) : undefined;
  return after(learned, () => {
    toClient(api, asked, answer, around);
    if (!around.disabledGuards?.has('group-errors')) rewriteGroupErrors(api.key, answer, isSettling);
  });
}

async function learnAssigned(heartbeat: ConsumerGroupHeartbeatResponse, { topics }: Surroundings): Promise<void> {
  const { assignment } = heartbeat;
  heartbeat.heartbeatIntervalMs = Math.min(heartbeat.heartbeatIntervalMs, MEMBER_HEARTBEAT_MS);
  if (assignment?.topicPartitions.some(({ topicId }) => topics.nameOf(topicId) === undefined)) await topics.refresh();
}

/** The same for an answer that the gateway makes in the broker's words. */
export function toClient(api: ApiDefinition, { apiVersion, complete }: Asked, answer: Body, around: Surroundings): void {
  const brokerVersion = brokerVersionOf(api.key, apiVersion);
  rewriteResponse(api, brokerVersion, answer, around);
  if (apiVersion !== brokerVersion) identifyTopics(api.key, apiVersion, answer, around.names.topicIds);
  complete?.(answer);
}

async function learnOwned({ topicPartitions }: ConsumerGroupHeartbeatRequest, { names, topics }: Surroundings): Promise<void> {
  const owned = topicPartitions?.map(({ topicId }) => topicId) ?? [];
  await learnTopicIds(owned, names, topics);
  if (owned.some((id) => names.topicIds.nameOf(id) !== undefined && realIdOf(id, names, topics) === undefined)) await topics.refresh();
}
