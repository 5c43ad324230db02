import type { KafkaClient } from '../../client/kafka-client.ts';
import type { ClockReading, ClusterDetails, OpenTransaction } from '../../ports/kafka-cluster.ts';
import { describeQuorumApi } from '../../wire/generated/describe-quorum.ts';
import { describeTransactionsApi } from '../../wire/generated/describe-transactions.ts';
import { listTransactionsApi } from '../../wire/generated/list-transactions.ts';
import { readActiveGroups } from './group-offsets.ts';

/** Younger transactions are everyday life. */
const OPEN_FOR_MS = 5000n;
const OPEN_STATES: readonly string[] = ['Ongoing', 'PrepareCommit', 'PrepareAbort'];
const MESSAGE_MAX_BYTES = 'message.max.bytes';

/** Reads only; every broker is asked. */
export async function examineCluster(client: KafkaClient): Promise<ClusterDetails> {
  const { brokers } = await client.metadata([]);
  const ids = brokers.map(({ id }) => id);
  const [apis, messageMaxBytes, activeGroups, transactions, clock] = await Promise.all([
    Promise.all(ids.map(async (id) => [id, await client.apiVersions(id)] as const)),
    orUndefined(() => smallestBatch(client, ids)),
    readActiveGroups(client),
    Promise.all(ids.map((id) => transactionsOf(client, id))),
    orUndefined(() => controllerClock(client)),
  ]);
  return { apis: new Map(apis), messageMaxBytes, activeGroups, transactions: transactions.flat(), clock };
}

async function smallestBatch(client: KafkaClient, ids: readonly number[]): Promise<number | undefined> {
  const answers = await client.describeConfigs(ids.map((id) => ({ type: 'broker', name: String(id), keys: [MESSAGE_MAX_BYTES] })));
  const sizes = answers.map(({ configs }) => Number(configs.get(MESSAGE_MAX_BYTES)?.value ?? Number.NaN));
  return sizes.some((size) => Number.isNaN(size)) ? undefined : Math.min(...sizes);
}

/** Those that this broker coordinates. */
async function transactionsOf(client: KafkaClient, brokerId: number): Promise<OpenTransaction[]> {
  const target = { kind: 'broker', brokerId } as const;
  const { transactionStates } = await client.send(target, listTransactionsApi, { stateFilters: [...OPEN_STATES], durationFilter: OPEN_FOR_MS }, { errorCodeOf: ({ errorCode }) => errorCode });
  if (transactionStates.length === 0) return [];
  const described = await client.send(target, describeTransactionsApi, { transactionalIds: transactionStates.map(({ transactionalId }) => transactionalId) });
  return described.transactionStates.flatMap(({ errorCode, transactionalId, producerId, transactionStartTimeMs }) => (errorCode === 0 && transactionStartTimeMs > 0n ? [{ transactionalId, producerId, startedAt: new Date(Number(transactionStartTimeMs)) }] : []));
}

/** The leader of the quorum has caught up with itself at this moment, by its own clock. */
async function controllerClock(client: KafkaClient): Promise<ClockReading | undefined> {
  const beforeMs = Date.now();
  const { topics } = await client.send({ kind: 'any' }, describeQuorumApi, { topics: [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }] });
  const afterMs = Date.now();
  const partition = topics[0]?.partitions[0];
  const leader = partition?.currentVoters.find(({ replicaId }) => replicaId === partition.leaderId);
  const shownMs = Number(leader?.lastCaughtUpTimestamp ?? -1n);
  return shownMs > 0 ? { shownMs, beforeMs, afterMs } : undefined;
}

/** What a broker may not tell us is no reason to tell nothing. */
async function orUndefined<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch {
    return undefined;
  }
}
