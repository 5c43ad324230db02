import { type Kafka, Partitioners } from 'kafkajs';
import { groupBy } from '../../client/group-by.ts';
import type { Clock } from '../../ports/clock.ts';
import { planSends, type PlannedSend } from './plan-sends.ts';
import type { LoadSpec, Recording } from './run-load.ts';

export interface LoadClientOptions {
  readonly kafka: Kafka;
  readonly name: string;
  readonly spec: LoadSpec;
  readonly recording: Recording;
  readonly clock: Clock;
}

const ALL_IN_SYNC = -1;

/**
 * Sends records at a fixed rate, one request at a time so that their order is defined. What falls due while a request waits is
 * sent with the next one and counts from the time it was due: a pause is seen in full, not just by the one request that was under way.
 *
 * Each `send` is for one partition. kafkajs remembers by broker which part of a send was answered: when leaders move between two tries of one that
 * is for several partitions, it sends a partition again whose records were written, under new sequence numbers, and leaves out another one, and
 * says that all is well. It does so on bare brokers, too. Nor are there two sends at once: each asks for metadata when a broker dies, and together they
 * mix up which broker is which; the producer then sends nothing to one of them any more.
 */
export async function startLoadProducer({ kafka, name, spec, recording, clock }: LoadClientOptions): Promise<{ stop(): Promise<void> }> {
  const persistence = spec.isIdempotent === true ? { idempotent: true, maxInFlightRequests: 1, retry: { initialRetryTime: 100, maxRetryTime: 1000, retries: Number.MAX_SAFE_INTEGER } } : {};
  const producer = kafka.producer({ allowAutoTopicCreation: false, createPartitioner: Partitioners.DefaultPartitioner, ...persistence });
  await producer.connect();
  const stopped = new AbortController();
  const plan = planSends({ load: spec.name, producer: name, partitions: spec.partitions, intervalMs: (1000 * spec.producers) / spec.ratePerSecond, startMs: clock.elapsedMs() });

  const send = async (due: readonly PlannedSend[]): Promise<void> => {
    let acknowledgedAtMs: number | undefined;
    try {
      const answers = await producer.send({ topic: spec.topic, acks: ALL_IN_SYNC, messages: due.map(({ value, partition }) => ({ value, partition })) });
      if (answers.length === 0) throw new Error('kafkajs sent nothing, and says that it did');
      acknowledgedAtMs = clock.elapsedMs();
    } catch (reason) {
      recording.errors.push({ client: name, atMs: clock.elapsedMs(), message: reason instanceof Error ? reason.message : String(reason) });
    }
    for (const record of due) recording.sent.push({ producer: name, ...record, acknowledgedAtMs });
  };

  const running = (async () => {
    while (!stopped.signal.aborted) {
      const due = plan.takeDue(clock.elapsedMs());
      if (due.length === 0) await clock.sleep(plan.nextDueMs() - clock.elapsedMs(), stopped.signal).catch(() => {});
      for (const part of groupBy(due, ({ partition }) => partition).values()) await send(part);
    }
  })();
  return {
    stop: async () => {
      stopped.abort();
      await running;
      await producer.disconnect().catch(() => {});
    },
  };
}
