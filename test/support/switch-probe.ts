import { setTimeout as delay } from 'node:timers/promises';
import type { KafkaClient } from '../../src/client/kafka-client.ts';
import type { TestEnvironment } from './environment.ts';
import { judgeProbe, type LoggedValue, type ProbeRead, type ProbeVerdict, type ProbeWrite } from './judge-probe.ts';
import { clientOn, clientThrough } from './service-account.ts';

/** Writes and reads through every node without a pause, until it is stopped, and remembers when what was answered. */
export interface SwitchProbe {
  /** How many writes each node has acknowledged so far. */
  acknowledged(): ReadonlyMap<string, number>;
  /** What was written from then on, so that one environment serves several cases: the longest wait is of these only. */
  mark(): void;
  stop(): Promise<void>;
  /** Compares what was acknowledged until now with the logs of the two clusters. Writes go on meanwhile: the logs are read later than the history. */
  judge(active: 'source' | 'target'): Promise<ProbeVerdict>;
}

export interface SwitchProbeOptions {
  readonly token: string;
  /** As clients name it; it exists, with a partition for each node. */
  readonly topic: string;
  readonly physicalTopic: string;
  readonly source: string;
  readonly target: string;
}

/** The pace of the load, not a wait for anything: about 20 writes and 20 reads a second on each node. */
const PACE_MS = 50;
/** Longer than a gateway holds a write (25 s). */
const WRITE_MS = 30_000;
const READ_MS = 1000;

export function startSwitchProbe(environment: TestEnvironment, { token, topic, physicalTopic, source, target }: SwitchProbeOptions): SwitchProbe {
  const writes: ProbeWrite[] = [];
  const reads: ProbeRead[] = [];
  const counts = new Map<string, number>();
  const over = new AbortController();
  let latest: ProbeWrite | undefined;
  let markMs = 0;

  const writeThrough = async (node: string, partition: number, client: KafkaClient): Promise<void> => {
    for (let index = 0; !over.signal.aborted; index++) {
      const value = `${node}/${index}`;
      const startMs = performance.now();
      const offset = await client.produce(topic, partition, [{ key: null, value: Buffer.from(value) }], { acks: -1, timeoutMs: WRITE_MS, signal: over.signal }).catch(() => undefined);
      const write = { value, node, partition, startMs, endMs: performance.now(), offset };
      writes.push(write);
      if (offset !== undefined) {
        counts.set(node, (counts.get(node) ?? 0) + 1);
        latest = write;
      }
      await delay(PACE_MS, undefined, { signal: over.signal }).catch(() => {});
    }
  };
  const readThrough = async (node: string, client: KafkaClient): Promise<void> => {
    while (!over.signal.aborted) {
      if (latest?.offset !== undefined) {
        const { partition, offset } = latest;
        const startMs = performance.now();
        const seen = await readOne(client, topic, partition, offset, over.signal).catch(() => undefined);
        if (seen !== undefined) reads.push({ node, partition, offset, startMs, endMs: performance.now(), seen });
      }
      await delay(PACE_MS, undefined, { signal: over.signal }).catch(() => {});
    }
  };

  const nodes = environment.topology.gateways.map(({ name }, partition) => ({ name, partition, writer: clientThrough(environment, name, token), reader: clientThrough(environment, name, token) }));
  const running = nodes.flatMap(({ name, partition, writer, reader }) => [writeThrough(name, partition, writer), readThrough(name, reader)]);
  return {
    acknowledged: () => new Map(counts),
    mark: () => {
      markMs = performance.now();
    },
    stop: async () => {
      over.abort();
      for (const { writer, reader } of nodes) {
        writer.close();
        reader.close();
      }
      await Promise.all(running);
    },
    judge: async (active) => {
      const history = { writes: [...writes], reads: [...reads] };
      const [sourceLog, targetLog] = await Promise.all([source, target].map((cluster) => readLog(environment, cluster, physicalTopic)));
      const verdict = judgeProbe(history, { source: sourceLog ?? [], target: targetLog ?? [] }, active);
      const recent = history.writes.filter(({ startMs }) => startMs >= markMs);
      return { ...verdict, longestWriteMs: Math.round(recent.reduce((most, { startMs, endMs }) => Math.max(most, endMs - startMs), 0)) };
    },
  };
}

async function readOne(client: KafkaClient, topic: string, partition: number, offset: bigint, signal: AbortSignal): Promise<string | undefined> {
  for await (const { value } of client.readRecords(topic, partition, offset, { isolation: 'read_uncommitted', until: offset + 1n, idleTimeoutMs: READ_MS, signal })) return value?.toString('utf8');
  return undefined;
}

async function readLog(environment: TestEnvironment, cluster: string, topic: string): Promise<LoggedValue[]> {
  const client = clientOn(environment, cluster);
  try {
    const { topics } = await client.metadata([topic]);
    const values: LoggedValue[] = [];
    for (const { index: partition } of topics[0]?.partitions ?? []) {
      for await (const { offset, value } of client.readRecords(topic, partition, 0n, { isolation: 'read_committed' })) values.push({ partition, offset, value: value?.toString('utf8') ?? '' });
    }
    return values;
  } finally {
    client.close();
  }
}
