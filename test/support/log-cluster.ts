import type { KafkaCluster, OffsetRange, RecordFingerprint } from '../../src/ports/kafka-cluster.ts';
import type { MirroredLogs } from './mirrored-logs.ts';

/** A cluster that has one partition and can only be read; counts the records that it gave out. */
export interface LogCluster {
  readonly cluster: KafkaCluster;
  readonly given: number;
}

export function logCluster(name: string, log: readonly RecordFingerprint[], key: string, bounds: { readonly start: bigint; readonly end: bigint }): LogCluster {
  let given = 0;
  let bulk = 0;
  const cluster: KafkaCluster = {
    name,
    startOffsets: () => Promise.resolve(new Map([[key, bounds.start]])),
    endOffsets: () => Promise.resolve(new Map([[key, bounds.end]])),
    fingerprints: (_: unknown, from: bigint, until: bigint, limit: number) => {
      if (from < bounds.start || until > bounds.end) return Promise.reject(new Error(`${name}: ${from} to ${until} is asked for (there: ${bounds.start} to ${bounds.end})`));
      const found = log.filter(({ offset }) => offset >= from && offset < until).slice(0, limit);
      given += found.length;
      return Promise.resolve(found);
    },
    // Every second time it cannot be had like this.
    fingerprintsOf: async (ranges: readonly OffsetRange[]) => (bulk++ % 2 === 0 ? new Map(await Promise.all(ranges.map(async (range) => [key, await cluster.fingerprints(range, range.from, range.until, Number.MAX_SAFE_INTEGER)] as const))) : new Map()),
  } as unknown as KafkaCluster;
  return { cluster, get given() { return given; } };
}

/** Both sides of what a replicator made. */
export function bothClusters({ stretch: { source, target, sourceUntil, targetUntil } }: MirroredLogs, key: string): { readonly main: LogCluster; readonly failover: LogCluster } {
  return {
    main: logCluster('main', source, key, { start: source[0]?.offset ?? sourceUntil, end: sourceUntil }),
    failover: logCluster('failover', target, key, { start: target[0]?.offset ?? targetUntil, end: targetUntil }),
  };
}
