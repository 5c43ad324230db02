import type { Kafka } from 'kafkajs';
import type { Clock } from '../../ports/clock.ts';
import type { ClientError, DeliveredRecord, SentRecord } from './history.ts';
import { startLoadConsumer } from './load-consumer.ts';
import { startLoadProducer } from './load-producer.ts';

export interface LoadSpec {
  readonly name: string;
  readonly topic: string;
  readonly partitions: number;
  readonly producers: number;
  readonly ratePerSecond: number;
  readonly group: string;
  readonly consumers: number;
  /** Producers number their batches and never give up: what is sent again is written once. For loads during which connections are cut. */
  readonly isIdempotent?: boolean;
}

/** Everything that the clients of a load have recorded; grows while it runs. */
export interface Recording {
  readonly sent: SentRecord[];
  readonly delivered: DeliveredRecord[];
  readonly errors: ClientError[];
  readonly deliveredValues: Set<string>;
  /** Each time that a consumer was given partitions: the first, and one a rebalance. */
  readonly joins: { readonly client: string; readonly atMs: number }[];
}

export interface RunningLoad {
  readonly spec: LoadSpec;
  readonly virtualCluster: string;
  readonly recording: Recording;
  /** Ends the producers; resolves when every send under way was answered. */
  stopProducers(): Promise<void>;
  /** Acknowledged records that the group has not delivered; `onLog`: of those only, since what is lost can not be. */
  undelivered(onLog?: ReadonlySet<string>): number;
  stopConsumers(): Promise<void>;
}

/** Client n connects through gateway n, round and round. Resolves when all are connected and the group has its partitions. */
export async function runLoad(spec: LoadSpec, virtualCluster: string, kafkas: readonly Kafka[], clock: Clock): Promise<RunningLoad> {
  const recording: Recording = { sent: [], delivered: [], errors: [], deliveredValues: new Set(), joins: [] };
  const kafkaOf = (index: number): Kafka => {
    const kafka = kafkas[index % kafkas.length];
    if (kafka === undefined) throw new RangeError('a load needs a gateway');
    return kafka;
  };
  const consumers = await startAll(spec.consumers, (index) => startLoadConsumer({ kafka: kafkaOf(index), name: `consumer${index + 1}`, spec, recording, clock }));
  let producers: readonly Stoppable[] = [];
  try {
    producers = await startAll(spec.producers, (index) => startLoadProducer({ kafka: kafkaOf(index), name: `producer${index + 1}`, spec, recording, clock }));
  } catch (reason) {
    await Promise.all(consumers.map((consumer) => consumer.stop()));
    throw reason;
  }
  return {
    spec,
    virtualCluster,
    recording,
    stopProducers: async () => void (await Promise.all(producers.map((producer) => producer.stop()))),
    undelivered: (onLog) => countUndelivered(recording, onLog),
    stopConsumers: async () => void (await Promise.all(consumers.map((consumer) => consumer.stop()))),
  };
}

/** Acknowledged records that no consumer was given; `onLog`: of those only. */
export function countUndelivered({ sent, deliveredValues }: Pick<Recording, 'sent' | 'deliveredValues'>, onLog?: ReadonlySet<string>): number {
  return sent.filter(({ value, acknowledgedAtMs }) => acknowledgedAtMs !== undefined && !deliveredValues.has(value) && onLog?.has(value) !== false).length;
}

interface Stoppable {
  stop(): Promise<void>;
}

/** All, or none: what was started is stopped when one of them fails. */
async function startAll(count: number, start: (index: number) => Promise<Stoppable>): Promise<readonly Stoppable[]> {
  const results = await Promise.allSettled(Array.from({ length: count }, (_, index) => start(index)));
  const failed = results.find((result) => result.status === 'rejected');
  const started = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  if (failed === undefined) return started;
  await Promise.all(started.map((client) => client.stop()));
  throw failed.reason;
}
