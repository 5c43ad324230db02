import { setTimeout as delay } from 'node:timers/promises';
import { Partitioners, type Kafka } from 'kafkajs';

/** A producer and a consumer that stay connected while a test does something to the gateway under them. */
export interface LiveClients {
  /** Values that were acknowledged, in order. */
  readonly acknowledged: readonly string[];
  readonly seen: readonly string[];
  /** What either client was told went wrong. */
  readonly errors: readonly string[];
  /** Longest time that one send took, in milliseconds; since the last call. */
  takeLongestSendMs(): number;
  /** Ends the producer; the consumer goes on. */
  stopProducing(): Promise<void>;
  stop(): Promise<void>;
}

const ALL_IN_SYNC = -1;
/**
 * The shortest that a broker allows. After a switch kafkajs joins once for each of its broker connections, and the group waits for the members
 * that it forgot until their sessions end.
 */
const SESSION_MS = 6000;
/** The pace of the load, not a wait for anything. */
const PACE_MS = 20;

/** Starts both through one node; the topic exists. */
export async function startLiveClients(kafka: Kafka, topic: string, groupId: string): Promise<LiveClients> {
  const acknowledged: string[] = [];
  const seen: string[] = [];
  const errors: string[] = [];
  let longestSendMs = 0;
  const stop = new AbortController();

  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100, sessionTimeout: SESSION_MS, heartbeatInterval: 1000 });
  consumer.on('consumer.crash', ({ payload }) => void errors.push(`consumer: ${payload.error.message}`));
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({ eachMessage: async ({ message }) => void seen.push(message.value?.toString('utf8') ?? '') });

  const producer = kafka.producer({ allowAutoTopicCreation: false, createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  const producing = (async () => {
    for (let index = 0; !stop.signal.aborted; index++) {
      const value = `live ${index}`;
      const startMs = performance.now();
      try {
        await producer.send({ topic, acks: ALL_IN_SYNC, messages: [{ value }] });
        acknowledged.push(value);
      } catch (reason) {
        errors.push(`producer: ${reason instanceof Error ? reason.message : String(reason)}`);
      }
      longestSendMs = Math.max(longestSendMs, performance.now() - startMs);
      await delay(PACE_MS);
    }
    await producer.disconnect();
  })();

  const stopProducing = async (): Promise<void> => {
    stop.abort();
    await producing;
  };
  return {
    acknowledged,
    seen,
    errors,
    takeLongestSendMs: () => {
      const longest = longestSendMs;
      longestSendMs = 0;
      return longest;
    },
    stopProducing,
    stop: async () => {
      await stopProducing();
      await consumer.disconnect();
    },
  };
}
