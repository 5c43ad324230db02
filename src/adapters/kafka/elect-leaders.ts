import { setTimeout as delay } from 'node:timers/promises';
import type { KafkaClient } from '../../client/kafka-client.ts';
import { partitionKey, type TopicPartition, type WantedLeader } from '../../ports/kafka-cluster.ts';
import { ERROR } from '../../wire/error-codes.ts';

/** Partitions in one request: a controller applies each request as a whole. */
const AT_ONCE = 500;
const LOOK_MS = 20;

/**
 * Puts the wanted leader first among the replicas of its partition, and has it elected. The order stays: left as it was, the controller's own
 * rebalancing would take the leaders back (`auto.leader.rebalance.enable`). Throws UNAVAILABLE, also when the signal aborts; some may be elected by then.
 */
export async function electLeaders(client: KafkaClient, wanted: readonly WantedLeader[], signal: AbortSignal): Promise<void> {
  if (wanted.length === 0) return;
  // A second order for a partition would replace the move that somebody else wants.
  const moving = new Set((await client.listReassignments({ signal })).map(partitionKey));
  const open = wanted.filter((one) => !moving.has(partitionKey(one)));
  for (let from = 0; from < open.length; from += AT_ONCE) await electSome(client, open.slice(from, from + AT_ONCE), signal);
}

async function electSome(client: KafkaClient, wanted: readonly WantedLeader[], signal: AbortSignal): Promise<void> {
  const orders = wanted.map(({ topic, partition, leader, replicas }) => ({ topic, partition, replicas: [leader, ...replicas.filter((replica) => replica !== leader)] }));
  const ordered = done(await client.reassignPartitions(orders, { signal }));
  const electable = wanted.filter((one) => ordered.has(partitionKey(one)));
  if (electable.length === 0) return;
  const elected = done(await client.electPreferredLeaders(electable, { signal }));
  await awaitLeaders(client, electable.filter((one) => elected.has(partitionKey(one))), signal);
}

/** Brokers hear of an election a moment after it. */
async function awaitLeaders(client: KafkaClient, wanted: readonly WantedLeader[], signal: AbortSignal): Promise<void> {
  const topics = [...new Set(wanted.map(({ topic }) => topic))];
  for (;;) {
    const leaders = new Map((await client.metadata(topics, { signal })).topics.flatMap(({ name, partitions }) => partitions.map(({ index, leader }) => [partitionKey({ topic: name, partition: index }), leader] as const)));
    if (wanted.every((one) => leaders.get(partitionKey(one)) === one.leader)) return;
    await delay(LOOK_MS, undefined, { signal });
  }
}

function done(results: readonly (TopicPartition & { readonly errorCode: number })[]): Set<string> {
  return new Set(results.filter(({ errorCode }) => errorCode === ERROR.NONE || errorCode === ERROR.ELECTION_NOT_NEEDED).map(partitionKey));
}
