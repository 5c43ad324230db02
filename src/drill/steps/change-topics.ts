import type { Admin, Kafka } from 'kafkajs';
import { counted } from '../../shared/counted.ts';
import { GwctlError } from '../../shared/errors.ts';
import { notAsExpected } from '../expectation.ts';
import type { StepRunner } from '../step-tools.ts';
import { kafkaOf, tokenOf } from './find.ts';

/** Creates a topic through a gateway, so that it gets its mapping. */
export const createTopic: StepRunner<'createTopic'> = async (input, tools) => {
  const { topic, partitions, replicationFactor, ifNotExists } = input;
  const isNew = await withAdmin(kafkaOf(tools, input), `topic ${topic} cannot be created`, (admin) =>
    admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: partitions, replicationFactor }] }),
  );
  if (!isNew && !ifNotExists) throw notAsExpected(`topic ${topic} to be new`, 'that it exists already');
  return {
    seen: isNew ? `created ${topic} in ${tokenOf(tools, input.as).virtualCluster}: ${counted(partitions, 'partition')}, replication ${replicationFactor}` : `${topic} exists already`,
    evidence: { topic, partitions, replicationFactor, isNew },
  };
};

/** Deletes a topic through a gateway. */
export const deleteTopic: StepRunner<'deleteTopic'> = async (input, tools) => {
  await withAdmin(kafkaOf(tools, input), `topic ${input.topic} cannot be deleted`, (admin) => admin.deleteTopics({ topics: [input.topic] }));
  return { seen: `deleted ${input.topic}` };
};

/** For a load: the topic may be there. */
export async function ensureTopic(kafka: Kafka, topic: string, numPartitions: number, replicationFactor: number): Promise<void> {
  await withAdmin(kafka, `topic ${topic} cannot be created`, (admin) => admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions, replicationFactor }] }));
}

async function withAdmin<T>(kafka: Kafka, otherwise: string, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await work(admin);
  } catch (reason) {
    throw new GwctlError('UNAVAILABLE', `${otherwise}: ${reason instanceof Error ? reason.message : String(reason)}`, { cause: reason });
  } finally {
    await admin.disconnect().catch(() => {});
  }
}
