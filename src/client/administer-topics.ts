import { ERROR } from '../wire/error-codes.ts';
import { createTopicsApi } from '../wire/generated/create-topics.ts';
import { deleteRecordsApi } from '../wire/generated/delete-records.ts';
import { deleteTopicsApi } from '../wire/generated/delete-topics.ts';
import { kafkaError, pause, startDeadline, withRetries, type CallDeadline } from './call-deadline.ts';
import type { CallOptions } from './client-options.ts';
import type { Session } from './session.ts';

const VISIBLE_PAUSE_MS = 50;

export interface NewTopic {
  readonly name: string;
  /** -1: the broker's default. */
  readonly partitions: number;
  /** -1: the broker's default. */
  readonly replicationFactor: number;
  readonly configs?: Readonly<Record<string, string>>;
}

export interface TopicResult {
  readonly name: string;
  /** 0 for done; 36: there is one already; 3: there is none. */
  readonly errorCode: number;
  readonly errorMessage: string | null;
}

/** Creates topics and waits, within the time limit, until metadata shows a leader for each partition. One result for each topic, in their order. Throws UNAVAILABLE. */
export async function createTopics(session: Session, topics: readonly NewTopic[], options: CallOptions = {}): Promise<TopicResult[]> {
  const deadline = startDeadline(options, session.options.requestTimeoutMs);
  const draft = {
    topics: topics.map(({ name, partitions, replicationFactor, configs = {} }) => ({
      name, numPartitions: partitions, replicationFactor, configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
    })),
  };
  const results = await withRetries(deadline, async () => {
    const answer = await session.send({ kind: 'any' }, createTopicsApi, { ...draft, timeoutMs: Math.ceil(deadline.remainingMs()) }, deadline);
    throwIfAllMoved('creation of topics', answer.topics);
    return inOrder(topics.map(({ name }) => name), answer.topics);
  }, () => session.forgetLocations());
  await awaitLeaders(session, results.filter(({ errorCode }) => errorCode === ERROR.NONE).map(({ name }) => name), deadline);
  return results;
}

/** Deletes topics, and forgets them. One result for each name, in their order. Throws UNAVAILABLE. */
export async function deleteTopics(session: Session, names: readonly string[], options: CallOptions = {}): Promise<TopicResult[]> {
  const deadline = startDeadline(options, session.options.requestTimeoutMs);
  const results = await withRetries(deadline, async () => {
    const answer = await session.send({ kind: 'any' }, deleteTopicsApi, { topicNames: [...names], timeoutMs: Math.ceil(deadline.remainingMs()) }, deadline);
    throwIfAllMoved('deletion of topics', answer.responses);
    return inOrder(names, answer.responses);
  }, () => session.forgetLocations());
  session.forgetLocations();
  return results;
}

export interface DeleteRecordsBound {
  readonly topic: string;
  readonly partition: number;
  /** First offset that stays; -1: the high watermark. */
  readonly beforeOffset: bigint;
}

/** Removes the beginning of partitions; returns each one's new first offset, in the order of `bounds`. Throws UNAVAILABLE. */
export async function deleteRecords(session: Session, bounds: readonly DeleteRecordsBound[], options: CallOptions = {}): Promise<bigint[]> {
  const deadline = startDeadline(options, session.options.requestTimeoutMs);
  return Promise.all(bounds.map(({ topic, partition, beforeOffset }) => withRetries(deadline, async () => {
    const answer = await session.send({ kind: 'leader', topic, partition }, deleteRecordsApi, {
      topics: [{ name: topic, partitions: [{ partitionIndex: partition, offset: beforeOffset }] }], timeoutMs: Math.ceil(deadline.remainingMs()),
    }, deadline);
    const found = answer.topics[0]?.partitions[0];
    if (found === undefined || found.errorCode !== ERROR.NONE) throw kafkaError(`deletion of records of ${topic}-${partition}`, found?.errorCode ?? -1);
    return found.lowWatermark;
  }, () => session.forgetLocations())));
}

/** The controller moved between the broker's knowledge and the request: nothing was done, so everything may be asked again. */
function throwIfAllMoved(what: string, results: readonly { readonly errorCode: number }[]): void {
  if (results.length > 0 && results.every(({ errorCode }) => errorCode === ERROR.NOT_CONTROLLER)) throw kafkaError(what, ERROR.NOT_CONTROLLER);
}

/** Brokers answer in an order of their own. */
function inOrder(names: readonly string[], results: readonly { readonly name: string | null; readonly errorCode: number; readonly errorMessage: string | null }[]): TopicResult[] {
  const byName = new Map(results.map((result) => [result.name, result]));
  return names.map((name) => ({ name, errorCode: byName.get(name)?.errorCode ?? ERROR.UNKNOWN_SERVER_ERROR, errorMessage: byName.get(name)?.errorMessage ?? null }));
}

async function awaitLeaders(session: Session, names: readonly string[], deadline: CallDeadline): Promise<void> {
  if (names.length === 0) return;
  for (;;) {
    const { topics } = await session.metadata.read(names, deadline);
    const missing = topics.find(({ errorCode, partitions }) => errorCode !== ERROR.NONE || partitions.length === 0 || partitions.some(({ leader }) => leader < 0));
    if (missing === undefined) return;
    if (!(await pause(deadline, VISIBLE_PAUSE_MS))) throw kafkaError(`topic ${missing.name} was created`, missing.errorCode === ERROR.NONE ? ERROR.LEADER_NOT_AVAILABLE : missing.errorCode);
  }
}
