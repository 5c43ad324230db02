import { groupKey, type CommittedOffsets, type GroupPartition, type KafkaCluster } from '../ports/kafka-cluster.ts';
import { findBypassed } from './find-bypassed.ts';
import type { Details, GroupCoverage, Seen } from './observation.ts';
import { see } from './see.ts';
import type { World } from './observe-world.ts';
import { GATEWAY_TOPICS, replicatedTopics } from './replicated-topics.ts';

/** What the checks beyond the switch itself look at. Never throws: what cannot be seen is part of the answer. */
export async function observeDetails(world: World, active: string | undefined, to: string): Promise<Details> {
  const link = world.topology.links.find((candidate) => candidate.from === active && candidate.to === to);
  const source = active === undefined ? undefined : world.clusters.get(active);
  const target = world.clusters.get(to);
  const reverse = active === undefined || active === to ? undefined : world.anyReplicator?.(to, active);
  const names = [...new Set([active, to])].flatMap((name) => (name === undefined ? [] : [name]));
  const { reach } = world;
  const clients = Promise.all(world.gateways.map(async (gateway) => ({ name: gateway.node, clients: await see(() => gateway.clients()) })));
  // Not beside it: what it opens to the nodes' ports would be counted among their clients.
  const whetherReached = async () => {
    if (reach === undefined) return undefined;
    await clients;
    return await Promise.all(world.gateways.map(async ({ node }) => ({ name: node, seen: await see(() => reach(node)) })));
  };
  const [clusters, clientsSeen, reached, groups, bypassed, back] = await Promise.all([
    Promise.all(names.flatMap((name) => {
      const cluster = world.clusters.get(name);
      return cluster === undefined ? [] : [see(() => cluster.examine()).then((seen) => [name, seen] as const)];
    })),
    clients,
    whetherReached(),
    link === undefined || source === undefined || target === undefined ? undefined : see(() => coverage(source, target, link)),
    link === undefined || source === undefined ? undefined : see(() => findBypassed(source, world.gateways, link)),
    reverse === undefined ? undefined : see(() => reverse.health()),
  ]);
  return { clusters: new Map<string, Seen<Awaited<ReturnType<KafkaCluster['examine']>>>>(clusters), clients: clientsSeen, ...(reached === undefined ? {} : { reached }), groups, bypassed, reverse: back };
}

/** Which positions of groups in user topics have one on the target, too. */
async function coverage(source: KafkaCluster, target: KafkaCluster, link: { readonly topics: string }): Promise<GroupCoverage> {
  const [description, here, there] = await Promise.all([source.describe(), source.groupOffsets(), target.groupOffsets()]);
  const topics = new Set(replicatedTopics(description, link).map(({ name }) => name).filter((name) => !GATEWAY_TOPICS.includes(name)));
  const wanted = here.offsets.filter(({ topic }) => topics.has(topic));
  const known = new Set(there.offsets.map(groupKey));
  const missing: GroupPartition[] = wanted.filter((one) => !known.has(groupKey(one)));
  const unread: CommittedOffsets['unread'] = [...here.unread, ...there.unread];
  return { groups: new Set(wanted.map(({ group }) => group)), positions: wanted.length, missing, unread };
}
