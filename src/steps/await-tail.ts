import { totalLag } from '../checks/observation.ts';
import { observeLag } from '../checks/observe-lag.ts';
import { replicatedTopics } from '../checks/replicated-topics.ts';
import { counted } from '../shared/counted.ts';
import { GwctlError } from '../shared/errors.ts';
import type { Step } from './step.ts';

const POLL_MS = 250;
/** A write that was under way when its node was switched may be answered this late; until then the ends may move. */
const SETTLED_MS = 1000;

/**
 * Every node serves the new cluster, which is in use: the rest of the old one is waited for, and not compared. Done when the replicator has passed
 * the end of every partition, and the ends have stood still for a second.
 */
export const awaitTail: Step<'await-tail'> = {
  timeoutMs: (step) => step.timeoutMs,
  failure: 'unproven',
  undo: 'no-return',
  apply: async (step, { world, plan, clock, note, signal }) => {
    const source = world.clusters.get(step.from);
    const link = world.topology.links.find(({ from, to }) => from === step.from && to === plan.to);
    const replicator = world.replicator(step.from, plan.to);
    if (source === undefined || link === undefined || replicator === undefined) throw new GwctlError('CHECK_FAILED', `nothing replicates ${step.from}->${plan.to}`);
    const topics = replicatedTopics(await source.describe(), link);
    const partitions = topics.flatMap(({ name, partitions: all }) => all.map(({ index }) => ({ topic: name, partition: index })));
    let ends = '';
    let sinceMs = clock.elapsedMs();
    for (;;) {
      const lag = await observeLag(source, replicator, partitions, () => clock.now());
      const { records, behind } = totalLag(lag);
      const now = lag.partitions.map(({ sourceEnd }) => sourceEnd).join();
      if (now !== ends) sinceMs = clock.elapsedMs();
      ends = now;
      if (records === 0n && clock.elapsedMs() - sinceMs >= SETTLED_MS) return { topics: topics.length, partitions: partitions.length };
      if (records > 0n) note(`${counted(records, 'record')} in ${counted(behind.length, 'partition')} of ${step.from} ${records === 1n ? 'is' : 'are'} not on ${plan.to} yet`);
      await clock.sleep(POLL_MS, signal).catch(() => {
        const why = records > 0n ? `${counted(records, 'record')} of ${step.from} ${records === 1n ? 'was' : 'were'} not on ${plan.to} after ${step.timeoutMs} ms` : `${step.from} was written to all the time`;
        throw new GwctlError('PROOF_FAILED', why, { hint: `look at \`gwctl lag --to ${plan.to}\`: somebody writes to ${step.from} past the gateways, or MirrorMaker is slow` });
      });
    }
  },
};
