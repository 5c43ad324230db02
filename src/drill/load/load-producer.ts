import { type Kafka, Partitioners } from 'kafkajs';
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
 * Sends records at a fixed rate, one request at a time so that their order is defined. What falls due while a request waits is sent with the
 * next one and counts from the time it was due: a pause is seen in full, not just by the one request that was under way.
 */
export async function startLoadProducer({ kafka, name, spec, recording, clock }: LoadClientOptions): Promise<{ stop(): Promise<void> }> {
  const persistence = spec.isIdempotent === true ? { idempotent: true, maxInFlightRequests: 1, retry: { initialRetryTime: 100, maxRetryTime: 1000, retries: Number.MAX_SAFE_INTEGER } } : {};
  const producer = kafka.producer({ allowAutoTopicCreation: false, createPartitioner: Partitioners.DefaultPartitioner, ...persistence });
  await producer.connect();
  const stopped = new AbortController();
  const plan = planSends({ load: spec.name, producer: name, partitions: spec.partitions, intervalMs: (1000 * spec.producers) / spec.ratePerSecond, startMs: clock.elapsedMs() });

  const send = async (due: readonly PlannedSend[]): Promise<void> => {
    let acknowledgedAtMs: number | undefined;
    let answered: ReadonlySet<number> = new Set();
    try {
      const answers = await producer.send({ topic: spec.topic, acks: ALL_IN_SYNC, messages: due.map(({ value, partition }) => ({ value, partition })) });
      acknowledgedAtMs = clock.elapsedMs();
      // kafkajs says that all is well, too, when it lost sight of a leader while it tried again, and sent nothing to it.
      answered = new Set(answers.map(({ partition }) => partition));
      const missing = new Set(due.map(({ partition }) => partition).filter((partition) => !answered.has(partition)));
      for (const partition of missing) recording.errors.push({ client: name, atMs: clock.elapsedMs(), message: `kafkajs sent nothing to partition ${partition}, and says that it did` });
    } catch (reason) {
      recording.errors.push({ client: name, atMs: clock.elapsedMs(), message: reason instanceof Error ? reason.message : String(reason) });
    }
    for (const record of due) recording.sent.push({ producer: name, ...record, acknowledgedAtMs: answered.has(record.partition) ? acknowledgedAtMs : undefined });
  };

  const running = (async () => {
    while (!stopped.signal.aborted) {
      const due = plan.takeDue(clock.elapsedMs());
      if (due.length > 0) await send(due);
      else await clock.sleep(plan.nextDueMs() - clock.elapsedMs(), stopped.signal).catch(() => {});
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
