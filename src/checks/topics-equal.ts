import { fail, pass, skip, some, warn, type Check } from './check.ts';
import type { ClusterView, Observation } from './observation.ts';
import { replicatedTopics } from './replicated-topics.ts';
import { counted } from '../shared/counted.ts';

/** A client finds the same topics, with the same partitions: a key must not move to another one. */
export const topicsEqual: Check = {
  id: 'topics-equal',
  title: 'the target has the same topics with the same number of partitions',
  run: (seen) => {
    const pair = bothSides(seen);
    if (pair === undefined) return skip('one of the two clusters cannot be read, or nothing replicates between them');
    const { source, target, link } = pair;
    const there = new Map(target.description.topics.map((topic) => [topic.name, topic]));
    const topics = replicatedTopics(source.description, link);
    const missing = topics.filter(({ name }) => !there.has(name));
    if (missing.length > 0) return fail(`missing on ${seen.to}: ${some(missing.map(({ name }) => name))}`, 'MirrorMaker looks for new topics every few seconds: wait, then look at its log');
    const different = topics.filter(({ name, partitions }) => there.get(name)?.partitions.length !== partitions.length);
    if (different.length > 0) {
      const list = different.map(({ name, partitions }) => `${name} has ${partitions.length} here, ${there.get(name)?.partitions.length ?? 0} there`);
      return fail(`partitions differ: ${some(list)}`, 'create the missing partitions on the target, or let MirrorMaker do it');
    }
    return pass(`${counted(topics.length, 'topic')}, ${counted(topics.reduce((sum, { partitions }) => sum + partitions.length, 0), 'partition')} on both sides`);
  },
};

/** Settings that MirrorMaker leaves out on purpose (hazard H11): an operator decides on each side. */
const NOT_COPIED: ReadonlySet<string> = new Set([
  'min.insync.replicas',
  'message.timestamp.type',
  'unclean.leader.election.enable',
  'follower.replication.throttled.replicas',
  'leader.replication.throttled.replicas',
]);
/** What decides how long acknowledged records are kept, and in which form: a difference here loses data later. */
const DECISIVE: ReadonlySet<string> = new Set(['cleanup.policy', 'retention.ms', 'retention.bytes', 'max.message.bytes', 'delete.retention.ms', 'min.compaction.lag.ms', 'max.compaction.lag.ms']);

export const configsEqual: Check = {
  id: 'configs-equal',
  title: 'topic settings are the same on the target',
  run: (seen) => {
    const pair = bothSides(seen);
    if (pair === undefined) return skip('one of the two clusters cannot be read, or nothing replicates between them');
    const { source, target, link } = pair;
    const decisive: string[] = [];
    const others: string[] = [];
    for (const { name } of replicatedTopics(source.description, link)) {
      const here = source.configs.get(name) ?? new Map<string, string>();
      const there = target.configs.get(name);
      if (there === undefined) continue; // topics-equal says so
      for (const key of new Set([...here.keys(), ...there.keys()])) {
        if (here.get(key) === there.get(key)) continue;
        const line = `${name}: ${key} is ${here.get(key) ?? 'not set'} on ${seen.active ?? '?'}, ${there.get(key) ?? 'not set'} on ${seen.to}`;
        // MirrorMaker sets every value explicitly on the target, also the default that the source inherits.
        if (DECISIVE.has(key) && here.has(key)) decisive.push(line);
        else if (NOT_COPIED.has(key) && here.has(key)) others.push(line);
      }
    }
    if (decisive.length > 0) return fail(some(decisive), 'set the value on the target with kafka-configs, or wait until MirrorMaker has copied it');
    if (others.length > 0) return warn(some(others, 2), 'MirrorMaker does not copy these settings: set them on the target if they matter to you');
    return pass('no difference in settings that decide what is kept');
  },
};

function bothSides({ active, to, clusters, link }: Observation): { source: ClusterView; target: ClusterView; link: { topics: string } } | undefined {
  const source = active === undefined || active === to ? undefined : clusters.get(active);
  const target = clusters.get(to);
  if (source?.ok !== true || target?.ok !== true || link === undefined) return undefined;
  return { source: source.value, target: target.value, link };
}
