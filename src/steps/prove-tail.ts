import { partitionKey, type KafkaCluster, type RecordFingerprint, type TopicPartition } from '../ports/kafka-cluster.ts';
import { observeLag } from '../checks/observe-lag.ts';
import { totalLag } from '../checks/observation.ts';
import { counted } from '../shared/counted.ts';
import { GwctlError } from '../shared/errors.ts';
import type { PlannedStep } from '../plan/plan.ts';
import { copiedPartitions, leftOutOf, takeIn } from './follow-topics.ts';
import type { Step, StepContext, StepEvidence } from './step.ts';

type ProveTail = Extract<PlannedStep, { kind: 'prove-tail' }>;

const POLL_MS = 100;

/**
 * Nobody writes to the source any more; this waits until whoever copies, gwctl or the replicator, has passed its last record in every partition, and
 * then compares the records themselves: the last one of the source must be the last one of the target. "Lag 0" alone is not enough (hazard H11).
 */
export const proveTail: Step<'prove-tail'> = {
  timeoutMs: (step) => step.timeoutMs,
  failure: 'failed',
  undo: 'nothing',
  apply: async (step, context) => {
    const { world, plan } = context;
    const source = clusterOf(context, plan.from);
    const target = clusterOf(context, plan.to);
    const link = world.topology.links.find(({ from, to }) => from === plan.from && to === plan.to);
    if (link === undefined) throw new GwctlError('CHECK_FAILED', `nothing replicates ${plan.from}->${plan.to}`);

    const partitions = copiedPartitions(await source.describe(), link);
    const { here, ...evidence } = await (step.waitsBecause === undefined ? awaitCopying : awaitReplicator)(step, context, source, partitions);
    await compareLastRecords(source, here, target, partitions);
    return { topics: new Set(partitions.map(({ topic }) => topic)).size, partitions: partitions.length, ...evidence };
  },
};

/** What stands on the target, as far as waiting can tell; `here` are the last records of the source. */
type Arrived = StepEvidence & { readonly here: LastRecords };
type LastRecords = ReadonlyMap<string, RecordFingerprint>;

/** gwctl copies: what stands on the source now is on the target as soon as the copier has passed it. The source's last records are read meanwhile: clients wait. */
async function awaitCopying(step: ProveTail, { world, plan, clock, note, signal }: StepContext, source: KafkaCluster, partitions: readonly TopicPartition[]): Promise<Arrived> {
  const copying = world.takeover?.(plan.from, plan.to)?.copying;
  if (copying === undefined) throw new GwctlError('INTERNAL', `nobody copies ${plan.from}->${plan.to}`);
  await takeIn(copying, partitions, note);
  for (;;) {
    const [ends, written] = await Promise.all([source.endOffsets(partitions), source.highWatermarks(partitions)]);
    const copied = copying.awaitEnds(ends, signal).catch((reason: unknown) => {
      if (!signal.aborted) throw reason;
      throw new GwctlError('UNAVAILABLE', `not everything of ${plan.from} was copied to ${plan.to} after ${step.timeoutMs} ms`, { cause: reason });
    });
    const [here] = await Promise.all([source.lastFingerprints(partitions), copied]);
    const held = heldBack(partitions, ends, written);
    if (held.length === 0) return { ...leftOutOf(copying, plan, note), here };
    note(`open transactions on ${plan.from} hold back ${counted(held.length, 'partition')}`);
    await clock.sleep(POLL_MS, signal).catch(() => {
      throw stillOpen(plan.from, held, step.timeoutMs);
    });
  }
}

async function awaitReplicator(step: ProveTail, { world, plan, clock, note, signal }: StepContext, source: KafkaCluster, partitions: readonly TopicPartition[]): Promise<Arrived> {
  const replicator = world.replicator(plan.from, plan.to);
  if (replicator === undefined) throw new GwctlError('CHECK_FAILED', `nothing replicates ${plan.from}->${plan.to}`);
  for (;;) {
    const lag = await observeLag(source, replicator, partitions, () => clock.now());
    const { records, behind } = totalLag(lag);
    const held = heldBack(partitions, new Map(lag.partitions.map((one) => [partitionKey(one), one.sourceEnd])), await source.highWatermarks(partitions));
    if (records === 0n && held.length === 0) return { here: await source.lastFingerprints(partitions) };
    note(records > 0n ? `${counted(records, 'record')} in ${counted(behind.length, 'partition')} ${records === 1n ? 'is' : 'are'} not on ${plan.to} yet` : `open transactions on ${plan.from} hold back ${counted(held.length, 'partition')}`);
    try {
      await clock.sleep(POLL_MS, signal);
    } catch {
      if (records === 0n) throw stillOpen(plan.from, held, step.timeoutMs);
      const names = behind.slice(0, 3).map(({ topic, partition, lagRecords }) => `${topic}-${partition} by ${lagRecords}`);
      throw new GwctlError('UNAVAILABLE', `${counted(records, 'record')} ${records === 1n ? 'was' : 'were'} still not on ${plan.to} after ${step.timeoutMs} ms: ${names.join(', ')}`, {
        hint: 'look at `gwctl lag` and at the log of mirror-maker',
      });
    }
  }
}

function stillOpen(from: string, held: readonly string[], timeoutMs: number): GwctlError {
  return new GwctlError('UNAVAILABLE', `transactions that are open on ${from} still hid records of ${held.slice(0, 3).join(', ')} after ${timeoutMs} ms`, { hint: 'somebody writes in a transaction past the gateways: kafka-transactions.sh find-hanging shows who' });
}

/** Partitions with records behind an open transaction: no reader of committed records, and so no replicator, has seen them. */
function heldBack(partitions: readonly TopicPartition[], ends: ReadonlyMap<string, bigint>, written: ReadonlyMap<string, bigint>): string[] {
  return partitions.map(partitionKey).filter((key) => (written.get(key) ?? 0n) > (ends.get(key) ?? 0n));
}

function clusterOf({ world }: StepContext, name: string): KafkaCluster {
  const cluster = world.clusters.get(name);
  if (cluster === undefined) throw new GwctlError('INTERNAL', `no cluster ${name} in this world`);
  return cluster;
}

async function compareLastRecords(source: KafkaCluster, here: LastRecords, target: KafkaCluster, partitions: readonly TopicPartition[]): Promise<void> {
  const there = await target.lastFingerprints(partitions);
  const different = [...here].flatMap(([partition, wanted]) => {
    const seen = there.get(partition);
    return wanted.hash === seen?.hash ? [] : [`${partition} (last record at ${wanted.offset} on ${source.name}, at ${seen?.offset ?? 'none'} on ${target.name})`];
  });
  if (different.length === 0) return;
  const now = await source.lastFingerprints(partitions);
  const isWritten = [...here].some(([partition, { offset }]) => now.get(partition)?.offset !== offset);
  throw new GwctlError('CHECK_FAILED', `the last record is another one on ${target.name}: ${different.slice(0, 3).join(', ')}`, {
    hint: isWritten ? `somebody writes to ${source.name} past the gateways: \`gwctl verify\` names the topics` : `somebody else writes to ${target.name}, or the replicator skipped records; compare the two partitions`,
  });
}
