import { setTimeout as delay } from 'node:timers/promises';
import { kafkaError } from '../client/call-deadline.ts';
import type { KafkaClient } from '../client/kafka-client.ts';
import type { ClusterMetadata, TopicMetadata } from '../client/metadata-cache.ts';
import { counted } from '../shared/counted.ts';
import { GwctlError } from '../shared/errors.ts';
import { ERROR } from '../wire/error-codes.ts';
import { createPartitionsApi } from '../wire/generated/create-partitions.ts';
import { describeConfigsApi } from '../wire/generated/describe-configs.ts';
import type { CopiedPartition } from './copy-state.ts';

const TIMEOUT_MS = 10_000;
const VISIBLE_MS = 50;
const TOPIC_RESOURCE = 2;
/** ConfigSource of a value that was set on the topic. */
const SET_ON_TOPIC = 1;
/** An operator decides on each side, and so MirrorMaker leaves them out (hazard H11). */
const NOT_COPIED: ReadonlySet<string> = new Set(['min.insync.replicas', 'message.timestamp.type', 'unclean.leader.election.enable', 'follower.replication.throttled.replicas', 'leader.replication.throttled.replicas']);

/** Makes on the target the topics and partitions that it does not have, as they are on the source; what is there stays as it is. Safe to repeat. Throws UNAVAILABLE. */
export async function makeMissing({ source, target }: { readonly source: KafkaClient; readonly target: KafkaClient }, partitions: readonly CopiedPartition[]): Promise<void> {
  const names = [...new Set(partitions.map(({ topic }) => topic))];
  const [here, there] = await Promise.all([source.metadata(names), target.metadata(names)]);
  const known = new Map(there.topics.filter(({ errorCode }) => errorCode === ERROR.NONE).map((topic) => [topic.name, topic]));
  const wanted = here.topics.filter(({ errorCode }) => errorCode === ERROR.NONE);
  await Promise.all(wanted.map(async (topic) => {
    const count = known.get(topic.name)?.partitions.length;
    if (count === undefined) await makeTopic(source, target, topic, there);
    else if (count < topic.partitions.length) await makePartitions(target, topic);
  }));
}

async function makeTopic(source: KafkaClient, target: KafkaClient, { name, partitions }: TopicMetadata, { brokers }: ClusterMetadata): Promise<void> {
  const { results: [described] } = await source.send({ kind: 'any' }, describeConfigsApi, { resources: [{ resourceType: TOPIC_RESOURCE, resourceName: name, configurationKeys: null }] });
  if (described === undefined || described.errorCode !== ERROR.NONE) throw kafkaError(`settings of ${name}`, described?.errorCode ?? -1, described?.errorMessage);
  const configs = Object.fromEntries(described.configs.filter(({ configSource, name: key }) => configSource === SET_ON_TOPIC && !NOT_COPIED.has(key)).map(({ name: key, value }) => [key, value ?? '']));
  const replicationFactor = Math.min(partitions[0]?.replicas.length ?? 1, brokers.length);
  const [made] = await target.createTopics([{ name, partitions: partitions.length, replicationFactor, configs }], { timeoutMs: TIMEOUT_MS });
  if (made === undefined || (made.errorCode !== ERROR.NONE && made.errorCode !== ERROR.TOPIC_ALREADY_EXISTS)) throw kafkaError(`creation of ${name} on the target`, made?.errorCode ?? -1, made?.errorMessage);
}

async function makePartitions(target: KafkaClient, { name, partitions }: TopicMetadata): Promise<void> {
  const answer = await target.send({ kind: 'any' }, createPartitionsApi, { topics: [{ name, count: partitions.length, assignments: null }], timeoutMs: TIMEOUT_MS, validateOnly: false });
  const [made] = answer.results;
  if (made === undefined || made.errorCode !== ERROR.NONE) throw kafkaError(`creation of partitions of ${name} on the target`, made?.errorCode ?? -1, made?.errorMessage);
  for (const endMs = performance.now() + TIMEOUT_MS; ; await delay(VISIBLE_MS)) {
    const { topics: [seen] } = await target.metadata([name]);
    if (seen !== undefined && seen.partitions.length >= partitions.length && seen.partitions.every(({ leader }) => leader >= 0)) return;
    if (performance.now() > endMs) throw new GwctlError('UNAVAILABLE', `${name} has not got its ${counted(partitions.length, 'partition')} on the target after ${TIMEOUT_MS} ms`);
  }
}
