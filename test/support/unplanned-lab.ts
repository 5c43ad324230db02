import { setTimeout as delay } from 'node:timers/promises';
import type { Loss } from '../../src/checks/loss.ts';
import type { KafkaClient } from '../../src/client/kafka-client.ts';
import { awaitReady } from './await-ready.ts';
import { signalComponent } from './component.ts';
import { ONE_BROKER_EACH, startEnvironment, type GwctlResult, type TestEnvironment } from './environment.ts';
import { awaitCondition } from './kill-lab.ts';
import { clientOn, clientThrough, issueToken } from './service-account.ts';

/** Two nodes under load from clients that write down what they were told, in front of a cluster that will die. */
export interface UnplannedLab {
  readonly environment: TestEnvironment;
  /** How many records were acknowledged so far. */
  acknowledged(): number;
  /** Waits until so many more records were acknowledged. */
  untilMore(records: number): Promise<void>;
  /** All brokers of main at once. */
  signalMain(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  failover(...args: readonly string[]): Promise<UnplannedResult>;
  /** Ends the load; acknowledged records that are on no partition of that cluster (default: failover). */
  lostRecords(cluster?: string): Promise<readonly string[]>;
  dispose(): Promise<void>;
}

export interface UnplannedResult extends GwctlResult {
  /** Of its JSON, where it has it. */
  readonly loss: Loss | undefined;
  /** From the start of the command to the first record that was acknowledged after main had died; undefined: there was none. */
  readonly firstAckMs: number | undefined;
}

const SHORT = 'failover:\n  pauseBudget: 3s\n';
export const UNPLANNED_CONFIG = `${SHORT}gateways:\n  gateway1: {}\n  gateway2: {}\n`;
/** The same on one broker each, where no broker of failover has to die: it starts in half the time. */
export const SMALL_UNPLANNED_CONFIG = `${SHORT}${ONE_BROKER_EACH}gateways:\n  gateway1: { brokerPorts: 1 }\n  gateway2: { brokerPorts: 1 }\n`;
const PARTITIONS = 4;
const TOPIC = 'load';
const READY_MS = 90_000;
const WRITE_MS = 60_000;

interface Writer {
  readonly client: KafkaClient;
  readonly running: Promise<void>;
}

export interface UnplannedLabOptions {
  /** How many records a write may have, from 1. */
  readonly batchRecords?: number;
  readonly config?: string;
  readonly runtime?: TestEnvironment['runtime'];
}

export async function openUnplannedLab({ batchRecords = 5, config = UNPLANNED_CONFIG, runtime = 'local' }: UnplannedLabOptions = {}): Promise<UnplannedLab> {
  const environment = await startEnvironment([], config, runtime);
  const writers: Writer[] = [];
  const over = new AbortController();
  const stop = async (): Promise<void> => {
    over.abort();
    await Promise.all(writers.map(({ running }) => running));
    for (const { client } of writers) client.close();
  };
  const told: { readonly value: string; readonly atMs: number }[] = [];
  let isDead = false;
  let firstAckAfterMs: number | undefined;
  const write = async (name: string, client: KafkaClient, partition: number): Promise<void> => {
    for (let index = 0; !over.signal.aborted; index++) {
      const values = Array.from({ length: 1 + (index % batchRecords) }, (_, nth) => `${name}/${index}/${nth}`);
      const isAcknowledged = await client.produce(TOPIC, partition, values.map((value) => ({ key: null, value: Buffer.from(value) })), { acks: -1, timeoutMs: WRITE_MS, signal: over.signal }).then(() => true, () => false);
      if (!isAcknowledged) continue;
      const atMs = performance.now();
      if (isDead) firstAckAfterMs ??= atMs;
      for (const value of values) told.push({ value, atMs });
      await delay(1);
    }
  };
  const untilMore = async (records: number): Promise<void> => {
    const wanted = told.length + records;
    await awaitCondition(READY_MS, `${records} more records are acknowledged`, async () => told.length >= wanted);
  };
  try {
    const token = await issueToken(environment, 'gateway1', 'teamA');
    const admin = clientThrough(environment, 'gateway1', token);
    await admin.createTopics([{ name: TOPIC, partitions: PARTITIONS, replicationFactor: Math.min(3, environment.topology.clusters[0]?.brokers.length ?? 1) }]).finally(() => admin.close());
    await awaitReady(environment.gwctl, READY_MS);
    for (const { name } of environment.topology.gateways) {
      for (let partition = 0; partition < PARTITIONS; partition++) {
        const client = clientThrough(environment, name, token);
        writers.push({ client, running: write(`${name}-${partition}`, client, partition) });
      }
    }
  } catch (reason) {
    await stop();
    await environment.dispose().catch(() => {});
    throw reason;
  }
  return {
    environment,
    acknowledged: () => told.length,
    untilMore,
    signalMain: async (signal) => {
      const brokers = environment.topology.clusters.find(({ name }) => name === 'main')?.brokers ?? [];
      await Promise.all(brokers.map(({ id }) => signalComponent(environment, `main-${id}`, signal)));
      if (signal === 'SIGCONT') return;
      isDead = true;
      firstAckAfterMs = undefined;
    },
    failover: async (...args) => {
      const startMs = performance.now();
      firstAckAfterMs = undefined;
      const result = await environment.gwctl(['failover', '--to', 'failover', '--mode', 'unplanned', '-o', 'json', ...args]);
      const answer = JSON.parse(result.stdout.split('\n').at(-1) || '{}') as { readonly loss?: Loss; readonly durationMs?: number; readonly writePauseMs?: number };
      if (answer.durationMs !== undefined) process.stdout.write(`the run took ${answer.durationMs} ms, writes were held for ${answer.writePauseMs ?? '?'} ms, the command ${Math.round(performance.now() - startMs)} ms\n`);
      return { ...result, loss: answer.loss, firstAckMs: firstAckAfterMs === undefined ? undefined : firstAckAfterMs - startMs };
    },
    lostRecords: async (cluster = 'failover') => {
      await stop();
      const found = new Set<string>();
      const client = clientOn(environment, cluster);
      try {
        for (let partition = 0; partition < PARTITIONS; partition++) {
          for await (const { value } of client.readRecords(`teamA${TOPIC}`, partition, 0n, { isolation: 'read_committed' })) found.add(value?.toString('utf8') ?? '');
        }
      } finally {
        client.close();
      }
      return told.filter(({ value }) => !found.has(value)).map(({ value }) => value);
    },
    dispose: async () => {
      await stop();
      await environment.dispose();
    },
  };
}
