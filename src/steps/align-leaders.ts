import { replicatedTopics } from '../checks/replicated-topics.ts';
import { partitionKey, type ClusterDescription, type WantedLeader } from '../ports/kafka-cluster.ts';
import { counted } from '../shared/counted.ts';
import { GwctlError } from '../shared/errors.ts';
import { timeLimit } from '../shared/time-limit.ts';
import type { Step } from './step.ts';

/** On top of the step's own time, which ends the alignment and not the switch: to look at both clusters. */
const LOOK_MS = 10_000;

/**
 * Before any client waits: where a partition has a replica on both brokers of the same id, that one leads it on the target, too. Clients send on to the
 * broker that they know; otherwise every one of them is told after the flip that another leads, asks who, and connects there, all at the same moment. What cannot be aligned is
 * told so. A switch does not depend on it, so nothing that goes wrong here ends it; given up, nobody is served there, and the leaders stay.
 */
export const alignLeaders: Step<'align-leaders'> = {
  timeoutMs: (step) => step.timeoutMs + LOOK_MS,
  failure: 'failed',
  undo: 'nothing',
  apply: async (step, { world, plan, note, signal }) => {
    const [source, target] = [world.clusters.get(step.from), world.clusters.get(plan.to)];
    const link = world.topology.links.find(({ from, to }) => from === step.from && to === plan.to);
    if (source === undefined || target === undefined || link === undefined) throw new GwctlError('INTERNAL', `no link ${step.from}->${plan.to} in this world`);
    const limit = AbortSignal.any([signal, timeLimit(step.timeoutMs)]);
    const unlessEnded = (reason: unknown): void => {
      if (signal.aborted) throw reason;
      note(`not every leader of ${plan.to} could be aligned: ${GwctlError.from(reason).message}`);
    };
    let [before, after] = [NOT_SEEN, NOT_SEEN];
    try {
      const described = await source.describe();
      const there = { ...described, topics: replicatedTopics(described, link) };
      before = after = compareLeaders(there, await target.describe());
      await target.electLeaders(before.wanted, limit).catch(unlessEnded);
      if (before.wanted.length > 0) after = compareLeaders(there, await target.describe());
    } catch (reason) {
      unlessEnded(reason);
    }
    const others = after.partitions - after.aligned;
    if (others > 0) note(`${counted(others, 'partition')} of ${plan.to} ${others === 1 ? 'is' : 'are'} led by another broker than on ${step.from}: clients ask for it after the switch`);
    return { partitions: after.partitions, aligned: after.aligned, moved: after.aligned - before.aligned };
  },
};

interface Comparison {
  readonly wanted: readonly WantedLeader[];
  readonly partitions: number;
  /** Led by the same broker. */
  readonly aligned: number;
}

const NOT_SEEN: Comparison = { wanted: [], partitions: 0, aligned: 0 };

/** Of every partition that is on both sides; only a replica that is in sync may lead. */
function compareLeaders(source: ClusterDescription, target: ClusterDescription): Comparison {
  const there = new Map(source.topics.flatMap(({ name, partitions }) => partitions.map(({ index, leader }) => [partitionKey({ topic: name, partition: index }), leader] as const)));
  const both = target.topics.flatMap(({ name, partitions }) => partitions.flatMap(({ index, leader, replicas, inSync }) => {
    const known = there.get(partitionKey({ topic: name, partition: index }));
    return known === undefined || known < 0 ? [] : [{ topic: name, partition: index, leader: known, now: leader, replicas, inSync }];
  }));
  const wanted = both.filter(({ leader, now, inSync }) => leader !== now && inSync.includes(leader));
  return { wanted, partitions: both.length, aligned: both.filter(({ leader, now }) => leader === now).length };
}
