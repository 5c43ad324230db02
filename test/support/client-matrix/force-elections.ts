import { openKafkaClient, type KafkaClient } from '../../../src/client/kafka-client.ts';
import type { Cluster } from '../../../src/topology/topology.ts';
import { errorName } from '../../../src/wire/error-codes.ts';
import { alterPartitionReassignmentsApi } from '../../../src/wire/generated/alter-partition-reassignments.ts';
import { electLeadersApi } from '../../../src/wire/generated/elect-leaders.ts';
import { isTrueWithin } from './poll.ts';

const PREFERRED = 0;
const ELECTIONS = 3;
const REQUEST_TIMEOUT_MS = 20_000;
const SETTLE_MS = 30_000;

/** A leader and the epoch of its leadership, by `topic-partition`. */
export type Leaders = ReadonlyMap<string, { readonly leader: number; readonly epoch: number }>;

/** Leader epochs as the cluster itself shows them. */
export async function readLeaders(cluster: Cluster, topics: readonly string[]): Promise<Leaders> {
  return await withClient(cluster, (client) => leadersOf(client, topics));
}

/**
 * Elects another leader for every partition of these topics, at least three times, and then until it is none that `avoid` names for the
 * partition: epochs and leaders of the two clusters differ after this, which is what a switch has to hide (H2).
 */
export async function forceElections(cluster: Cluster, topics: readonly string[], avoid: Leaders): Promise<void> {
  await withClient(cluster, async (client) => {
    for (let round = 1; ; round++) {
      const leaders = await leadersOf(client, topics);
      const isDone = [...leaders].every(([partition, { leader, epoch }]) => epoch >= ELECTIONS && leader !== avoid.get(partition)?.leader);
      if (isDone) return;
      if (round > 3 * ELECTIONS) throw new Error(`${cluster.name}: leaders are still those of the other cluster after ${round} elections`);
      await moveLeaders(client, topics, (partition, { leader, epoch }) => epoch < ELECTIONS || leader === avoid.get(partition)?.leader);
    }
  });
}

/** The replicas of each partition in another order, then an election of the first of them. */
async function moveLeaders(client: KafkaClient, names: readonly string[], isWanted: (partition: string, now: { readonly leader: number; readonly epoch: number }) => boolean): Promise<void> {
  const { topics } = await client.metadata(names);
  const wanted = topics.flatMap(({ name, partitions }) => {
    const moving = partitions.filter(({ index, leader, leaderEpoch }) => isWanted(`${name}-${index}`, { leader, epoch: leaderEpoch }));
    return moving.length === 0 ? [] : [{ name, partitions: moving.map(({ index, replicas, leader }) => ({ index, replicas: rotate(replicas, leader) })) }];
  });
  const next = new Map<string, number | undefined>(wanted.flatMap(({ name, partitions }) => partitions.map(({ index, replicas }) => [`${name}-${index}`, replicas[0]] as const)));
  const reassigned = await client.send({ kind: 'any' }, alterPartitionReassignmentsApi, {
    timeoutMs: REQUEST_TIMEOUT_MS,
    topics: wanted.map(({ name, partitions }) => ({ name, partitions: partitions.map(({ index, replicas }) => ({ partitionIndex: index, replicas: [...replicas] })) })),
  });
  const refused = [reassigned.errorCode, ...reassigned.responses.flatMap(({ partitions }) => partitions.map(({ errorCode }) => errorCode))].find((code) => code !== 0);
  if (refused !== undefined) throw new Error(`replicas cannot be reordered: ${errorName(refused)}`);
  const hasMoved = async (): Promise<boolean> => [...(await leadersOf(client, names))].every(([partition, { leader }]) => !next.has(partition) || next.get(partition) === leader);
  const elect = async (): Promise<boolean> => {
    await client.send({ kind: 'any' }, electLeadersApi, {
      electionType: PREFERRED,
      timeoutMs: REQUEST_TIMEOUT_MS,
      topicPartitions: wanted.map(({ name, partitions }) => ({ topic: name, partitions: partitions.map(({ index }) => index) })),
    });
    return await hasMoved();
  };
  if (!(await isTrueWithin(SETTLE_MS, elect))) throw new Error(`no new leaders within ${SETTLE_MS} ms`);
}

/** The one behind the leader becomes the first. */
function rotate(replicas: readonly number[], leader: number): readonly number[] {
  const start = (replicas.indexOf(leader) + 1) % replicas.length;
  return [...replicas.slice(start), ...replicas.slice(0, start)];
}

async function leadersOf(client: KafkaClient, names: readonly string[]): Promise<Leaders> {
  const { topics } = await client.metadata(names);
  return new Map(topics.flatMap(({ name, partitions }) => partitions.map(({ index, leader, leaderEpoch }) => [`${name}-${index}`, { leader, epoch: leaderEpoch }] as const)));
}

async function withClient<T>({ brokers }: Cluster, use: (client: KafkaClient) => Promise<T>): Promise<T> {
  const client = openKafkaClient({ bootstrap: brokers.map(({ host, port }) => ({ host, port })), clientId: 'gwctl-test', requestTimeoutMs: REQUEST_TIMEOUT_MS });
  try {
    return await use(client);
  } finally {
    client.close();
  }
}
