import { setTimeout as delay } from 'node:timers/promises';
import { partitionKey, type KafkaCluster, type TopicPartition } from '../ports/kafka-cluster.ts';
import type { GatewayAdmin } from '../ports/gateway-admin.ts';
import type { AckReport } from '../shared/admin-api.ts';
import { PHYSICAL_CANARY_TOPIC } from '../shared/canary.ts';
import { GwctlError } from '../shared/errors.ts';
import { AUDIT_TOPIC, GATEWAY_TOPICS, replicatedTopics } from './replicated-topics.ts';

/** Records at the end of a partition that no node has acknowledged to a producer. */
export interface BypassedPartition extends TopicPartition {
  readonly records: number;
  readonly isMore: boolean;
}

export interface Bypassed {
  readonly partitions: number;
  readonly written: readonly BypassedPartition[];
}

const OWN_TOPICS: ReadonlySet<string> = new Set([...GATEWAY_TOPICS, AUDIT_TOPIC, PHYSICAL_CANARY_TOPIC]);
/** An answer may be on its way to the node that gives it on. */
const SECOND_LOOK_MS = 300;
const MOST_COUNTED = 1000;

/**
 * What stands on a cluster and came through no node. The ends are read first and the nodes asked afterwards, twice where that differs: a record that
 * is being acknowledged is no such record. Throws UNAVAILABLE when a node does not answer or may have forgotten something.
 */
export async function findBypassed(source: KafkaCluster, gateways: readonly GatewayAdmin[], link: { readonly topics: string }): Promise<Bypassed> {
  const topics = replicatedTopics(await source.describe(), link).filter(({ name }) => !OWN_TOPICS.has(name));
  const all = topics.flatMap(({ name, partitions }) => partitions.map(({ index }) => ({ topic: name, partition: index })));
  const ends = await source.endOffsets(all);
  const isAhead = (tops: ReadonlyMap<string, bigint>) => (one: TopicPartition): boolean => (ends.get(partitionKey(one)) ?? 0n) > (tops.get(partitionKey(one)) ?? 0n);
  let tops = await acknowledgedUpTo(source.name, gateways);
  let ahead = all.filter(isAhead(tops));
  if (ahead.length > 0) {
    await delay(SECOND_LOOK_MS);
    tops = await acknowledgedUpTo(source.name, gateways);
    ahead = ahead.filter(isAhead(tops));
  }
  const written: BypassedPartition[] = [];
  for (const one of ahead) {
    const key = partitionKey(one);
    const end = ends.get(key) ?? 0n;
    // Markers of transactions and what was aborted are acknowledged to nobody.
    const records = (await source.readRecords(one, tops.get(key) ?? 0n, MOST_COUNTED)).filter(({ offset }) => offset < end).length;
    if (records > 0) written.push({ ...one, records, isMore: records >= MOST_COUNTED });
  }
  return { partitions: all.length, written };
}

/** For each partition the offset behind the last one that some node has acknowledged, or may have before it began to remember. */
async function acknowledgedUpTo(cluster: string, gateways: readonly GatewayAdmin[]): Promise<Map<string, bigint>> {
  const reports = await Promise.all(gateways.map((gateway) => gateway.acknowledged()));
  const tops = new Map<string, bigint>();
  for (const { node, clusters } of reports satisfies readonly AckReport[]) {
    const acks = clusters.find((one) => one.cluster === cluster);
    if (acks === undefined) throw new GwctlError('UNAVAILABLE', `${node} does not remember ${cluster}`);
    if (acks.gap !== null) throw new GwctlError('UNAVAILABLE', `${node} may have forgotten something: ${acks.gap}`);
    for (const one of acks.partitions) {
      const top = Math.max(one.unknownBelow, ...one.runs.map(({ last }) => last + 1));
      const key = partitionKey(one);
      if (BigInt(top) > (tops.get(key) ?? 0n)) tops.set(key, BigInt(top));
    }
  }
  return tops;
}
