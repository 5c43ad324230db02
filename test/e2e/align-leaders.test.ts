import { expect, test } from 'vitest';
import type { KafkaClient } from '../../src/client/kafka-client.ts';
import { encodeRecordBatch } from '../../src/wire/encode-record-batch.ts';
import { ERROR } from '../../src/wire/error-codes.ts';
import { produceApi } from '../../src/wire/generated/produce.ts';
import { startEnvironment } from '../support/environment.ts';
import { awaitCondition } from '../support/kill-lab.ts';
import { clientOn, clientThrough, issueToken } from '../support/service-account.ts';

const TOPIC = 'aligned';
const PARTITIONS = 12;
const READY_MS = 120_000;

// With and without: what the second is told is what the first is spared.
test.each([{ aligned: true, refused: 0 }, { aligned: false }])('alignLeaders: $aligned', async ({ aligned, refused }) => {
  const environment = await startEnvironment([], `failover:\n  alignLeaders: ${aligned}\n`);
  const gateway = clientThrough(environment, 'gateway1', await issueToken(environment, 'gateway1', 'teamA'));
  const [main, failover] = [clientOn(environment, 'main'), clientOn(environment, 'failover')];
  try {
    await gateway.createTopics([{ name: TOPIC, partitions: PARTITIONS, replicationFactor: 3 }]);
    for (let partition = 0; partition < PARTITIONS; partition++) await gateway.produce(TOPIC, partition, [{ key: null, value: Buffer.from('before') }]);
    await awaitCondition(READY_MS, 'the topic is on failover', async () => (await leadersOf(failover)).length === PARTITIONS);
    const known = await leadersOf(main);
    // However MirrorMaker has laid them out: every one is led by another broker.
    await failover.reassignPartitions(known.map((leader, partition) => ({ topic: `teamA${TOPIC}`, partition, replicas: [1, 2, 3].map((_, index) => ((leader + index) % 3) + 1) })));
    await failover.electPreferredLeaders(known.map((_, partition) => ({ topic: `teamA${TOPIC}`, partition })));
    await awaitCondition(READY_MS, 'no partition is led by the same broker', async () => (await leadersOf(failover)).every((leader, partition) => leader !== known[partition]));

    const switched = await environment.gwctl(['failover', '--to', 'failover', '--yes', '--wait', '1m']);
    expect(switched.exitCode, switched.stderr).toBe(0);
    // As a client that knows the leaders of main, and asks nobody.
    const codes = await Promise.all(known.map((leader, partition) => produceAt(gateway, leader, partition)));
    if (refused === 0) {
      expect(codes).toEqual(known.map(() => ERROR.NONE));
      expect(await leadersOf(failover)).toEqual(known);
      expect(switched.stderr).toContain('let the brokers of failover lead what the same brokers of main lead');
    } else {
      expect(codes).toEqual(known.map(() => ERROR.NOT_LEADER_OR_FOLLOWER));
      expect(switched.stderr).not.toContain('let the brokers of failover lead');
    }
  } finally {
    for (const client of [gateway, main, failover]) client.close();
    await environment.dispose();
  }
});

async function leadersOf(client: KafkaClient): Promise<number[]> {
  const { topics } = await client.metadata([`teamA${TOPIC}`]);
  return [...(topics[0]?.partitions ?? [])].sort((a, b) => a.index - b.index).map(({ leader }) => leader);
}

async function produceAt(client: KafkaClient, brokerId: number, partition: number): Promise<number | undefined> {
  const records = encodeRecordBatch([{ timestamp: BigInt(Date.now()), key: null, value: Buffer.from('after') }], { compression: 'none' });
  const answer = await client.send({ kind: 'broker', brokerId }, produceApi, { acks: -1, timeoutMs: 10_000, transactionalId: null, topicData: [{ name: TOPIC, partitionData: [{ index: partition, records }] }] });
  return answer.responses[0]?.partitionResponses[0]?.errorCode;
}
