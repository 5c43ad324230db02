import type { KafkaClient } from '../../src/client/kafka-client.ts';

/** A cluster of one broker with one topic of one partition, of whose producers it knows these last sequences. `gate`: its answer waits for it. */
export function clusterOfProducers(topic: string, producers: readonly { readonly producerId: bigint; readonly epoch: number; readonly lastSequence: number }[], gate: Promise<void> = Promise.resolve()): KafkaClient {
  const activeProducers = producers.map(({ producerId, epoch: producerEpoch, lastSequence }) => ({ producerId, producerEpoch, lastSequence }));
  const known: Pick<KafkaClient, 'metadata' | 'send'> = {
    metadata: (async () => ({ topics: [{ name: topic, partitions: [{ index: 0, leader: 1 }] }] })) as unknown as KafkaClient['metadata'],
    send: (async () => await gate.then(() => ({ topics: [{ name: topic, partitions: [{ partitionIndex: 0, errorCode: 0, activeProducers }] }] }))) as KafkaClient['send'],
  };
  return known as KafkaClient;
}
