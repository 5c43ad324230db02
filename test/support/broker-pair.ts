import { expect } from 'vitest';
import { openKafkaClient, type KafkaClient } from '../../src/client/kafka-client.ts';
import { startKafkaBroker, type KafkaBroker } from './kafka-broker.ts';

/** Two clusters of one broker each for a node that the test itself switches, and clients past it. Nothing replicates. */
export interface BrokerPair {
  readonly main: KafkaBroker;
  readonly failover: KafkaBroker;
  readonly onMain: KafkaClient;
  readonly onFailover: KafkaClient;
  /** The topic on both clusters, without a record of before. */
  renewTopic(name: string): Promise<void>;
  stop(): Promise<void>;
}

const START_MS = 150_000;
const DEADLINE = { timeout: 60_000, interval: 50 };
const INTERNAL = ['_topicMappings', '_virtualClusters', '_acls'];

export async function startBrokerPair(): Promise<BrokerPair> {
  const [main, failover] = await Promise.all([startKafkaBroker('4.3.1'), startKafkaBroker('4.3.1')]);
  const open = (broker: KafkaBroker): KafkaClient => openKafkaClient({ bootstrap: [broker], clientId: 'test', requestTimeoutMs: 30_000 });
  const [onMain, onFailover] = [open(main), open(failover)];
  const both = [onMain, onFailover];
  await Promise.all(both.map((client) => client.metadata([], { timeoutMs: START_MS })));
  // A node makes its internal topics only on the cluster that it serves; a replica has copies of them.
  await onFailover.createTopics(INTERNAL.map((name) => ({ name, partitions: 1, replicationFactor: 1, configs: { 'cleanup.policy': 'compact' } })));
  return {
    main,
    failover,
    onMain,
    onFailover,
    renewTopic: async (name) => {
      await Promise.all(both.map(async (client) => {
        await client.deleteTopics([name]);
        await expect.poll(async () => (await client.createTopics([{ name, partitions: 1, replicationFactor: 1 }]))[0]?.errorCode, DEADLINE).toBe(0);
      }));
    },
    stop: async () => {
      for (const client of both) client.close();
      await Promise.all([main.stop(), failover.stop()]);
    },
  };
}
