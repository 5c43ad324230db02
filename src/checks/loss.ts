import { partitionKey } from '../ports/kafka-cluster.ts';
import type { AckReport, AckRun, PartitionAcksReport } from '../shared/admin-api.ts';
import { PHYSICAL_CANARY_TOPIC } from '../shared/canary.ts';
import { counted } from '../shared/counted.ts';
import type { MirrorLink } from '../topology/topology.ts';
import type { Seen } from './observation.ts';
import { AUDIT_TOPIC, GATEWAY_TOPICS, isCopied, topicFilter } from './replicated-topics.ts';

/** What an unplanned switch leaves behind: acknowledged to producers, and not on the target. Plain data: it stands in the plan and in the journal. */
export interface Loss {
  /** Those that lose something, the most first. */
  readonly topics: readonly TopicLoss[];
  readonly records: number;
  readonly bytes: number;
  /** From the first acknowledgement that is lost to the last. */
  readonly seconds: number;
  /** false: at most so many. Records of transactions may have been aborted, and old acknowledgements are known less exactly. */
  readonly isExact: boolean;
  /** Why there may be more; empty: there is not. */
  readonly unknown: readonly string[];
  /** Topics with acknowledged records that the link does not copy: nothing of them is on the target. */
  readonly notMirrored: readonly string[];
}

export interface TopicLoss {
  readonly topic: string;
  readonly partitions: number;
  readonly records: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly isExact: boolean;
}

export interface LossEvidence {
  /** The cluster that is given up. */
  readonly from: string;
  readonly link: Pick<MirrorLink, 'topics'>;
  /** Of every node that may have served it, also of those that are left out. */
  readonly nodes: readonly { readonly name: string; readonly report: Seen<AckReport> }[];
  /** For each partition the source offset of the last record that is on the target. */
  readonly positions: Seen<ReadonlyMap<string, bigint>>;
}

interface PartitionLoss {
  records: number;
  bytes: number;
  fromMs: number;
  toMs: number;
  isExact: boolean;
}

const OWN_TOPICS: ReadonlySet<string> = new Set([...GATEWAY_TOPICS, AUDIT_TOPIC, PHYSICAL_CANARY_TOPIC]);
const MOST_NAMES = 3;

/**
 * Pure. The source is not asked: what its producers were told stands in the memory of the nodes, how far it was copied on the target. A node that
 * does not answer, or that may have forgotten something which was not copied, makes the loss unknown; it is never guessed.
 */
export function computeLoss({ from, link, nodes, positions }: LossEvidence): Loss {
  const unknown: string[] = [];
  const isWanted = topicFilter(link.topics);
  const partitions = new Map<string, { topic: string; runs: AckRun[] }>();
  const notMirrored = new Set<string>();
  const positionOf = (partition: PartitionAcksReport): number => (positions.ok ? Number(positions.value.get(partitionKey(partition)) ?? -1n) : -1);
  if (!positions.ok) unknown.push(`how far ${from} was copied is not known: ${positions.why}`);
  for (const { name, report } of nodes) {
    if (!report.ok) {
      unknown.push(`what ${name} has acknowledged is not known: ${report.why}`);
      continue;
    }
    const acks = report.value.clusters.find(({ cluster }) => cluster === from);
    if (acks === undefined) continue;
    if (acks.gap !== null) unknown.push(`what ${name} had acknowledged before ${acks.since} is not known: ${acks.gap}`);
    const forgotten: string[] = [];
    for (const partition of acks.partitions.filter(({ topic }) => !OWN_TOPICS.has(topic))) {
      const { topic, unknownBelow, runs } = partition;
      if (!isCopied(topic) || !isWanted(topic)) {
        if (runs.length > 0) notMirrored.add(topic);
        continue;
      }
      const position = positionOf(partition);
      if (unknownBelow > position + 1) forgotten.push(`${partitionKey(partition)} (copied up to ${position < 0 ? 'nothing' : position}, remembered from ${unknownBelow})`);
      const known = partitions.get(partitionKey(partition)) ?? { topic, runs: [] };
      known.runs.push(...runs.filter(({ last }) => last > position));
      partitions.set(partitionKey(partition), known);
    }
    if (forgotten.length > 0) unknown.push(`${name} remembers since ${acks.since} only, and was not copied up to there: ${some(forgotten)}`);
  }
  const byTopic = new Map<string, PartitionLoss[]>();
  for (const [key, { topic, runs }] of partitions) {
    const position = positions.ok ? Number(positions.value.get(key) ?? -1n) : -1;
    const lost = lossOf(runs, position);
    if (lost.records > 0) byTopic.set(topic, [...(byTopic.get(topic) ?? []), lost]);
  }
  const topics = [...byTopic].map(([topic, lost]) => ({ topic, partitions: lost.length, ...sumOf(lost) })).sort((a, b) => b.records - a.records || (a.topic < b.topic ? -1 : 1));
  return { topics, ...sumOf([...byTopic.values()].flat()), unknown, notMirrored: [...notMirrored].sort() };
}

/** "12 records, 3.4 KiB, of 0.8 s, in 2 topics"; "at most" and "unknown" where it is so. */
export function describeLoss({ records, bytes, seconds, isExact, topics, unknown }: Loss): string {
  const known = records === 0 ? 'no record' : `${isExact ? '' : 'at most '}${counted(records, 'record')}, ${counted(bytes, 'byte')}, acknowledged within ${seconds.toFixed(1)} s, in ${counted(topics.length, 'topic')}`;
  return unknown.length === 0 ? known : `unknown: ${known} that the nodes remember, and perhaps more`;
}

/** Acknowledged records behind the last one that was copied. */
function lossOf(runs: readonly AckRun[], position: number): PartitionLoss {
  const lost: PartitionLoss = { records: 0, bytes: 0, fromMs: Infinity, toMs: -Infinity, isExact: true };
  let seenTo = position;
  for (const run of runs.toSorted((a, b) => a.base - b.base)) {
    const isWhole = run.records === run.last - run.base + 1;
    // What two nodes have acknowledged is a batch that its producer sent again.
    const above = isWhole ? Math.max(0, run.last - Math.max(seenTo, run.base - 1)) : Math.min(run.records, run.last - Math.max(position, run.base - 1));
    if (isWhole) seenTo = Math.max(seenTo, run.last);
    if (above <= 0) continue;
    lost.records += above;
    lost.bytes += Math.ceil((run.bytes * above) / run.records);
    lost.fromMs = Math.min(lost.fromMs, run.fromMs);
    lost.toMs = Math.max(lost.toMs, run.toMs);
    if (run.isTransactional || (!isWhole && run.base <= position)) lost.isExact = false;
  }
  return lost;
}

function sumOf(lost: readonly PartitionLoss[]): Pick<Loss, 'records' | 'bytes' | 'seconds' | 'isExact'> {
  const [fromMs, toMs] = [Math.min(...lost.map((one) => one.fromMs)), Math.max(...lost.map((one) => one.toMs))];
  return {
    records: lost.reduce((sum, { records }) => sum + records, 0),
    bytes: lost.reduce((sum, { bytes }) => sum + bytes, 0),
    seconds: lost.length === 0 ? 0 : Math.max(0, toMs - fromMs) / 1000,
    isExact: lost.every(({ isExact }) => isExact),
  };
}

function some(items: readonly string[]): string {
  return items.length > MOST_NAMES ? `${items.slice(0, MOST_NAMES).join(', ')} and ${items.length - MOST_NAMES} more` : items.join(', ');
}
