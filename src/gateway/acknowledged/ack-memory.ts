import type { ClusterAcks } from '../../shared/admin-api.ts';
import type { Acknowledgement, AckSink } from './acknowledgement.ts';
import { PartitionAcks } from './partition-acks.ts';

/** Over all partitions of all clusters; a run takes about 100 bytes. */
const MAX_RUNS = 65_536;
const MIN_RUNS_OF_PARTITION = 16;
const MAX_RUNS_OF_PARTITION = 2048;
const NOT_MEASURED = 'the node has just started';

/** Ends of partitions by topic: below them this node may have acknowledged what it does not remember. */
export type PartitionEnds = ReadonlyMap<string, ReadonlyMap<number, number>>;

interface ClusterMemory {
  sinceMs: number;
  /** Nobody has measured yet up to where something may be missing, for this reason. */
  gap: string | undefined;
  readonly unknownBelow: Map<string, Map<number, number>>;
  readonly topics: Map<string, Map<number, PartitionAcks>>;
}

/**
 * How far a node has acknowledged writes to producers, on each cluster: with the replicated position this is what an unplanned switch loses, when
 * nobody can ask the cluster itself any more. In memory only: after a start it knows up to which offset it may have forgotten something.
 */
export class AckMemory implements AckSink {
  readonly #clusters = new Map<string, ClusterMemory>();
  readonly #nowMs: () => number;
  #partitions = 0;

  constructor(nowMs: () => number = Date.now) {
    this.#nowMs = nowMs;
  }

  add(cluster: string, acknowledged: readonly Acknowledgement[]): void {
    const { topics } = this.#of(cluster);
    for (const ack of acknowledged) {
      let partitions = topics.get(ack.topic);
      if (partitions === undefined) topics.set(ack.topic, (partitions = new Map()));
      let acks = partitions.get(ack.partition);
      if (acks === undefined) {
        partitions.set(ack.partition, (acks = new PartitionAcks()));
        this.#partitions++;
      }
      acks.add(ack, this.#maxRuns);
    }
  }

  /** What was acknowledged on the cluster before this moment may be forgotten; until `measured` nobody can say how much. */
  forgot(cluster: string, why: string = NOT_MEASURED): void {
    const memory = this.#of(cluster);
    memory.gap = why;
    memory.sinceMs = this.#nowMs();
  }

  /** Whatever was forgotten is below these ends. */
  measured(cluster: string, ends: PartitionEnds): void {
    const memory = this.#of(cluster);
    memory.gap = undefined;
    for (const [topic, partitions] of ends) {
      const below = memory.unknownBelow.get(topic) ?? new Map<number, number>();
      for (const [partition, end] of partitions) if (end > 0) below.set(partition, Math.max(end, below.get(partition) ?? 0));
      if (below.size > 0) memory.unknownBelow.set(topic, below);
    }
  }

  /** Clusters that have to be measured. */
  get gaps(): readonly string[] {
    return [...this.#clusters].filter(([, { gap }]) => gap !== undefined).map(([cluster]) => cluster);
  }

  report(): readonly ClusterAcks[] {
    return [...this.#clusters].map(([cluster, { sinceMs, gap, topics, unknownBelow }]) => ({
      cluster,
      since: new Date(sinceMs).toISOString(),
      gap: gap ?? null,
      partitions: [...new Set([...unknownBelow.keys(), ...topics.keys()])].flatMap((topic) => {
        const [below, acks] = [unknownBelow.get(topic), topics.get(topic)];
        const indexes = [...new Set([...(below?.keys() ?? []), ...(acks?.keys() ?? [])])].sort((a, b) => a - b);
        return indexes.map((partition) => ({ topic, partition, unknownBelow: below?.get(partition) ?? 0, runs: acks?.get(partition)?.runs ?? [] }));
      }),
    }));
  }

  get #maxRuns(): number {
    return Math.min(MAX_RUNS_OF_PARTITION, Math.max(MIN_RUNS_OF_PARTITION, Math.floor(MAX_RUNS / this.#partitions)));
  }

  #of(cluster: string): ClusterMemory {
    let memory = this.#clusters.get(cluster);
    if (memory === undefined) this.#clusters.set(cluster, (memory = { sinceMs: this.#nowMs(), gap: undefined, unknownBelow: new Map(), topics: new Map() }));
    return memory;
  }
}
