import { fail, pass, skip, some, type Check, type CheckResult } from './check.ts';
import type { Observation } from './observation.ts';
import { counted } from '../shared/counted.ts';

/** Both ends of a planned switch: a partition without all its replicas on the target is one broker away from being offline. */
export const sourceHealthy: Check = {
  id: 'source-healthy',
  title: 'the active cluster has all brokers, no partition offline or under-replicated',
  run: (seen) => (seen.active === undefined ? skip('no gateway node says which cluster is active') : clusterHealth(seen, seen.active)),
};

export const targetHealthy: Check = {
  id: 'target-healthy',
  title: 'the target cluster has all brokers, no partition offline or under-replicated',
  run: (seen) => clusterHealth(seen, seen.to),
};

function clusterHealth({ clusters, topology }: Observation, name: string): CheckResult {
  const view = clusters.get(name);
  const expected = topology.clusters.find((cluster) => cluster.name === name);
  if (view === undefined || expected === undefined) return skip(`${name} is no cluster of this environment`);
  if (!view.ok) return fail(`${name} cannot be read: ${view.why}`, view.hint?.replaceAll('NAME', name) ?? 'look at its brokers with `gwctl status`; an unplanned failover does not need the source');
  const { brokers, topics } = view.value.description;
  const missing = expected.brokers.filter(({ id }) => !brokers.includes(id));
  if (missing.length > 0) return fail(`${name}: broker ${some(missing.map(({ id }) => String(id)))} is missing (there: ${brokers.join(', ')})`, 'start it, or run `gwctl up` again');
  const partitions = topics.flatMap((topic) => topic.partitions.map((partition) => ({ name: `${topic.name}-${partition.index}`, ...partition })));
  const offline = partitions.filter(({ leader }) => leader < 0);
  if (offline.length > 0) return fail(`${name}: ${counted(offline.length, 'partition')} ${offline.length === 1 ? 'is' : 'are'} offline: ${some(offline.map((partition) => partition.name))}`, 'bring their brokers back');
  const behind = partitions.filter(({ inSync, replicas }) => inSync.length < replicas.length);
  if (behind.length > 0) {
    return fail(`${name}: ${counted(behind.length, 'partition')} ${behind.length === 1 ? 'is' : 'are'} under-replicated: ${some(behind.map((partition) => partition.name))}`, 'wait until their replicas have caught up');
  }
  return pass(`${name}: ${counted(brokers.length, 'broker')}, ${counted(partitions.length, 'partition')}, all in sync`);
}
