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
export function translateRequest(api: ApiDefinition, version: number, request: Body, around: Surroundings): Soon<Translation> {
  const { names, topics } = around;
  if (version === brokerVersionOf(api.key, version)) return translateNamed(api, version, request, around, () => {});
  return after(learnTopicIds(topicIdsIn(api.key, request), names, topics), () => {
    const named = nameTopics(api.key, version, request, names.topicIds);
    return named.kind === 'answer' ? named : translateNamed(api, version, request, around, named.complete);
  });
}

/** Its topics have names. `addUnknown` adds to the answer the ids that have none. */
function translateNamed(api: ApiDefinition, version: number, request: Body, around: Surroundings, addUnknown: (answer: Body) => void): Soon<Translation> {
  const brokerVersion = brokerVersionOf(api.key, version);
  const identify = (answer: Body): void => {
    if (version !== brokerVersion) identifyTopics(api.key, version, answer, around.names.topicIds);
  };
  const answer = (body: Body, complete: (answer: Body) => void): Translation => {
    identify(body);
    complete(body);
    return { kind: 'answer', body };
  };
  return after(applyAcls(api, request, around.access), (allowed) => {
    if (allowed.kind === 'answer') return answer(allowed.body, addUnknown);
    if (allowed.extra !== undefined) identify({ ...newMessage<Body>(api.response, {}), ...allowed.extra });
    const isCompleted = allowed.extra !== undefined || allowed.filter !== undefined;
    const complete = isCompleted ? (body: Body): void => (addUnknown(body), completeAnswer(allowed, body)) : addUnknown;
    const learned = api.key === API.consumerGroupHeartbeat ? learnOwned(request as unknown as ConsumerGroupHeartbeatRequest, around) : undefined;
    return after(learned, () => {
      const outcome = rewriteRequest(api, brokerVersion, request, around);
      return outcome.kind === 'answer' ? answer(outcome.body, complete) : { kind: 'forward', brokerVersion, complete };
    });
  });
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
