import type { KafkaClient } from '../client/kafka-client.ts';
import { ERROR } from '../wire/error-codes.ts';
import { metadataApi } from '../wire/generated/metadata.ts';
import type { CopiedPartition } from './copy-state.ts';

/** Those of their topics that every broker which answers says not to be there: one of them alone may not have heard of a topic yet. Throws UNAVAILABLE. */
export async function findDeleted(client: KafkaClient, partitions: readonly CopiedPartition[]): Promise<readonly string[]> {
  const names = [...new Set(partitions.map(({ topic }) => topic))];
  const { brokers } = await client.metadata([]);
  const answers = await Promise.all(brokers.map(({ id }) => client.send({ kind: 'broker', brokerId: id }, metadataApi, { topics: names.map((name) => ({ name })), allowAutoTopicCreation: false }).catch(() => undefined)));
  const missing = answers.flatMap((answer) => (answer === undefined ? [] : [new Set(answer.topics.filter(({ errorCode }) => errorCode === ERROR.UNKNOWN_TOPIC_OR_PARTITION).map(({ name }) => name))]));
  return missing.length === 0 ? [] : names.filter((name) => missing.every((those) => those.has(name)));
}
