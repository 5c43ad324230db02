import type { LoadClientOptions } from './load-producer.ts';

const POLL_MS = 100;
/** The shortest that brokers allow by default: a member that is gone holds up its group this long. */
const SESSION_MS = 6000;
const HEARTBEAT_MS = 1000;
const COMMIT_MS = 500;

/** One member of the load's group: records what it is given, and when. Resolves once it has joined. */
export async function startLoadConsumer({ kafka, name, spec, recording, clock }: LoadClientOptions): Promise<{ stop(): Promise<void> }> {
  const consumer = kafka.consumer({ groupId: spec.group, maxWaitTimeInMs: POLL_MS, sessionTimeout: SESSION_MS, heartbeatInterval: HEARTBEAT_MS, allowAutoTopicCreation: false });
  const noteError = (message: string): void => void recording.errors.push({ client: name, atMs: clock.elapsedMs(), message });
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [spec.topic], fromBeginning: true });
    const joined = new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.GROUP_JOIN, () => {
        recording.joins.push({ client: name, atMs: clock.elapsedMs() });
        resolve();
      });
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        noteError(payload.error.message);
        if (!payload.restart) reject(payload.error);
      });
    });
    await consumer.run({
      autoCommitInterval: COMMIT_MS,
      eachBatch: async ({ batch }) => {
        const atMs = clock.elapsedMs();
        for (const { offset, value } of batch.messages) {
          const text = value?.toString('utf8') ?? '';
          recording.delivered.push({ consumer: name, partition: batch.partition, offset: BigInt(offset), value: text, atMs });
          recording.deliveredValues.add(text);
        }
      },
    });
    await joined;
  } catch (reason) {
    await consumer.disconnect().catch(() => {});
    throw reason;
  }
  return { stop: async () => await consumer.disconnect().catch(() => {}) };
}
