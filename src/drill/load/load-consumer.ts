import { setTimeout as delay } from 'node:timers/promises';
import type { Consumer } from 'kafkajs';
import type { LoadClientOptions } from './load-producer.ts';

const POLL_MS = 100;
/** The shortest that brokers allow by default: a member that is gone holds up its group this long. */
const SESSION_MS = 6000;
const HEARTBEAT_MS = 1000;
const COMMIT_MS = 500;
const RESTART_MS = 500;

/**
 * One member of the load's group: records what it is given, and when. Resolves once it has joined. A consumer that gives up, because kafkajs does not retry
 * what it met, is noted as an error and followed by a new one, as a supervisor starts an application anew.
 */
export async function startLoadConsumer(options: LoadClientOptions): Promise<{ stop(): Promise<void> }> {
  const stopped = new AbortController();
  const goOn = async (): Promise<Consumer | undefined> => {
    while (!stopped.signal.aborted) {
      try {
        return await joinGroup(options, onEnd);
      } catch {
        await delay(RESTART_MS, undefined, { signal: stopped.signal }).catch(() => {}); // what ended the one before is noted
      }
    }
    return undefined;
  };
  const onEnd = (): void => void (current = current.then(leave).then(goOn));
  let current: Promise<Consumer | undefined> = Promise.resolve(await joinGroup(options, onEnd));
  return {
    stop: async () => {
      stopped.abort();
      await current.then(leave);
    },
  };
}

/** Throws what keeps it from joining. `onEnd`: it has joined, and will not go on. */
async function joinGroup({ kafka, name, spec, recording, clock }: LoadClientOptions, onEnd: () => void): Promise<Consumer> {
  const consumer = kafka.consumer({ groupId: spec.group, maxWaitTimeInMs: POLL_MS, sessionTimeout: SESSION_MS, heartbeatInterval: HEARTBEAT_MS, allowAutoTopicCreation: false });
  const noteError = (message: string): void => void recording.errors.push({ client: name, atMs: clock.elapsedMs(), message });
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [spec.topic], fromBeginning: true });
    const joined = new Promise<void>((resolve, reject) => {
      let hasJoined = false;
      consumer.on(consumer.events.GROUP_JOIN, () => {
        recording.joins.push({ client: name, atMs: clock.elapsedMs() });
        hasJoined = true;
        resolve();
      });
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        noteError(payload.error.message);
        if (payload.restart) return;
        if (hasJoined) onEnd();
        else reject(payload.error);
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
    await leave(consumer);
    throw reason;
  }
  return consumer;
}

async function leave(consumer: Consumer | undefined): Promise<void> {
  await consumer?.disconnect().catch(() => {});
}
