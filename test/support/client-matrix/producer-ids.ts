import { type KafkaClient, openKafkaClient } from '../../../src/client/kafka-client.ts';
import type { Cluster } from '../../../src/topology/topology.ts';
import { initProducerIdApi } from '../../../src/wire/generated/init-producer-id.ts';
import type { ClientSettings } from './client-process.ts';

const REQUEST_TIMEOUT_MS = 10_000;
const MAX_BYTES = 1 << 20;
/** Each broker hands out ids from a block of its own, of this many; the blocks of both clusters begin at 0. */
const BLOCK_IDS = 1000n;
/** What a fresh cluster may have handed out before a test began: MirrorMaker's producers, the canary. */
const USED_IDS = 300n;

/** Draws ids from every broker behind a gateway that passes them on, so that the next of them is one that no fresh cluster has handed out. */
export async function skipUsedIds(settings: ClientSettings, brokers: readonly number[]): Promise<void> {
  await withGateway(settings, async (client) => {
    for (const brokerId of brokers) while ((await draw(client, brokerId)) % BLOCK_IDS < USED_IDS);
  });
}

/** Draws ids until that is the next which its broker hands out. Throws when no broker has its block, or it is gone already. */
export async function drawUntil(settings: ClientSettings, brokers: readonly number[], next: bigint): Promise<void> {
  await withGateway(settings, async (client) => {
    for (const brokerId of brokers) {
      let id = await draw(client, brokerId);
      if (id / BLOCK_IDS !== next / BLOCK_IDS) continue;
      while (id < next - 1n) id = await draw(client, brokerId);
      if (id !== next - 1n) throw new Error(`broker ${brokerId} has handed out producer id ${id}, past ${next}`);
      return;
    }
    throw new Error(`no broker hands out producer id ${next}`);
  });
}

/** The producer id of each batch of a partition, in order. */
export async function producerIdsOf({ brokers }: Cluster, topic: string, partition: number): Promise<readonly bigint[]> {
  const client = openKafkaClient({ bootstrap: brokers.map(({ host, port }) => ({ host, port })), clientId: 'gwctl-test', requestTimeoutMs: REQUEST_TIMEOUT_MS });
  try {
    const { records } = await client.fetch(topic, partition, 0n, { maxBytes: MAX_BYTES, maxWaitMs: 0, isolation: 'read_uncommitted' });
    const ids: bigint[] = [];
    for (let at = 0; at + PRODUCER_ID + 8 <= records.length; at += BATCH_HEAD + records.readInt32BE(at + BATCH_LENGTH)) ids.push(records.readBigInt64BE(at + PRODUCER_ID));
    return ids;
  } finally {
    client.close();
  }
}

/** Places in a record batch of version 2. */
const BATCH_LENGTH = 8;
const BATCH_HEAD = 12;
const PRODUCER_ID = 43;

async function draw(client: KafkaClient, brokerId: number): Promise<bigint> {
  // COORDINATOR_LOAD_IN_PROGRESS: the broker asks the controller for its block.
  const answer = await client.send({ kind: 'broker', brokerId }, initProducerIdApi, { transactionalId: null, transactionTimeoutMs: REQUEST_TIMEOUT_MS }, { errorCodeOf: ({ errorCode }) => errorCode });
  return answer.producerId;
}

async function withGateway(settings: ClientSettings, use: (client: KafkaClient) => Promise<void>): Promise<void> {
  const client = openKafkaClient({
    bootstrap: settings.bootstrap.map((address) => ({ host: address.split(':')[0] ?? '', port: Number(address.split(':')[1]) })),
    clientId: 'gwctl-test',
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    sasl: { mechanism: 'PLAIN', username: settings.username, password: settings.token },
  });
  try {
    await use(client);
  } finally {
    client.close();
  }
}
