import { partitionKey, type GroupOffset, type KafkaCluster } from '../ports/kafka-cluster.ts';
import { replicatedTopics } from '../checks/replicated-topics.ts';
import { GwctlError } from '../shared/errors.ts';
import { translateOffset, type Tails } from './translate-offset.ts';
import type { Step } from './step.ts';

/** A group that is further behind than this keeps what MirrorMaker has translated for it: producers wait while records are counted. */
const COUNTED_RECORDS = 20_000;
const PARALLEL = 8;

/**
 * Every consumer group goes on at exactly its next record: its committed offsets are translated by counting records from the end, written to the
 * target and read back. Nobody writes to the source, and the target ends with the same records (prove-tail). MirrorMaker's own translation
 * is kept where this one is not possible: it re-reads some records, and skips none. A group never stops a switch.
 */
export const moveGroups: Step<'move-groups'> = {
  timeoutMs: (step) => step.timeoutMs,
  failure: 'failed',
  undo: 'nothing',
  apply: async (step, { world, plan, clock, note, signal }) => {
    const source = world.clusters.get(plan.from);
    const target = world.clusters.get(plan.to);
    const link = world.topology.links.find(({ from, to }) => from === plan.from && to === plan.to);
    if (source === undefined || target === undefined || link === undefined) throw new GwctlError('INTERNAL', 'a cluster or the link of the plan is missing in this world');
    const untilMs = clock.elapsedMs() + step.timeoutMs / 2;
    const isLate = (): boolean => signal.aborted || clock.elapsedMs() > untilMs;
    try {
      const topics = new Set(replicatedTopics(await source.describe(), link).map(({ name }) => name));
      const committed = (await source.groupOffsets()).filter(({ topic }) => topics.has(topic));
      const tails = await readTails(source, target, committed, isLate);
      const exact: GroupOffset[] = [];
      for (const one of committed) {
        const tail = tails.get(partitionKey(one));
        const offset = tail === undefined ? undefined : translateOffset(one.offset, tail);
        if (offset !== undefined) exact.push({ ...one, offset });
      }
      const refused = await target.commitGroupOffsets(exact);
      const missed = committed.length - exact.length + refused.length;
      if (missed > 0) note(`${missed} of ${committed.length} positions of groups are as MirrorMaker has them: some records will be read again`);
      return { groups: new Set(committed.map(({ group }) => group)).size, positions: committed.length, exact: exact.length - refused.length };
    } catch (reason) {
      note(`positions of groups are as MirrorMaker has them (${GwctlError.from(reason).message}): some records will be read again`);
      return { groups: 0, positions: 0, exact: 0 };
    }
  },
};

/** For each partition that a group has committed in, the data records from the lowest such offset on; partitions with more than COUNTED_RECORDS are left out. */
async function readTails(source: KafkaCluster, target: KafkaCluster, committed: readonly GroupOffset[], isLate: () => boolean): Promise<Map<string, Tails>> {
  const lowest = new Map<string, GroupOffset>();
  for (const one of committed) {
    const known = lowest.get(partitionKey(one));
    if (known === undefined || one.offset < known.offset) lowest.set(partitionKey(one), one);
  }
  const ends = await target.endOffsets([...lowest.values()]);
  const pending = [...lowest];
  const tails = new Map<string, Tails>();
  const worker = async (): Promise<void> => {
    for (let next = pending.pop(); next !== undefined && !isLate(); next = pending.pop()) {
      const [key, from] = next;
      const records = (await source.readRecords(from, from.offset, COUNTED_RECORDS)).map(({ offset }) => offset);
      const targetEnd = ends.get(key);
      if (records.length >= COUNTED_RECORDS || targetEnd === undefined) continue;
      tails.set(key, { source: records, target: (await target.lastRecords(from, records.length)).map(({ offset }) => offset), targetEnd });
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return tails;
}
