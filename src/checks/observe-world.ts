import type { GatewayAdmin } from '../ports/gateway-admin.ts';
import type { KafkaCluster } from '../ports/kafka-cluster.ts';
import type { Clock } from '../ports/clock.ts';
import type { Replicator } from '../ports/replicator.ts';
import type { Takeover } from '../ports/takeover.ts';
import type { NodeState } from '../shared/admin-api.ts';
import type { Topology } from '../topology/topology.ts';
import type { ClusterView, Observation, ObservedNode, Seen } from './observation.ts';
import { boundByCatchUp } from './bound-by-catch-up.ts';
import { observeLag } from './observe-lag.ts';
import { observeDetails } from './observe-details.ts';
import { replicatedTopics } from './replicated-topics.ts';
import { see } from './see.ts';

/** Everything of the world that gwctl looks at and acts on. */
export interface World {
  readonly topology: Topology;
  /** Who looks and acts: user@host. */
  readonly operator: string;
  readonly gateways: readonly GatewayAdmin[];
  readonly clusters: ReadonlyMap<string, KafkaCluster>;
  /** Throws when gwctl cannot connect to the ports of a node that clients use: no switch could be proven. */
  reach?(node: string): Promise<void>;
  /** Follows one link; undefined where nothing replicates in that direction. */
  replicator(from: string, to: string): Replicator | undefined;
  /** The same in a direction in which nothing ought to replicate. */
  anyReplicator?(from: string, to: string): Replicator | undefined;
  /** Where gwctl can copy in the replicator's place: it has its process. */
  takeover?(from: string, to: string): Takeover | undefined;
}

/**
 * The state of the highest generation. Nodes without generations may serve different clusters, as those of a run that died between two calls do: then
 * one that is not at `to` yet.
 */
export function newestState(nodes: readonly ObservedNode[], to: string | undefined): NodeState | undefined {
  const states = nodes.flatMap(({ state }) => (state.ok ? [state.value] : []));
  return states.toSorted((a, b) => b.generation - a.generation || Number(a.active === to) - Number(b.active === to))[0];
}

/**
 * Looks at everything that a switch to `to` depends on, in parallel. Never throws for what cannot be seen: that is part of the answer.
 * `to` undefined: the first cluster that is not active.
 */
export async function observeWorld(world: World, to: string | undefined, clock: Clock): Promise<Observation> {
  const { topology } = world;
  const now = (): Date => clock.now();
  const nodes = await Promise.all(world.gateways.map(async (gateway) => {
    const beforeMs = now().getTime();
    const state = await see(() => gateway.state());
    return { name: gateway.node, state, asked: { beforeMs, afterMs: now().getTime() } };
  }));
  const newest = newestState(nodes, to);
  const active = newest?.active;
  const target = to ?? topology.clusters.find(({ name, role }) => (active === undefined ? role === 'failover' : name !== active))?.name ?? '';
  const link = topology.links.find((candidate) => candidate.from === active && candidate.to === target);

  const details = observeDetails(world, active, target);
  const stateLogs = new Map(await Promise.all([...world.clusters].map(async ([name, { stateLog }]) => [name, await see(() => stateLog.read())] as const)));
  const clusters = new Map<string, Seen<ClusterView>>(
    await Promise.all(
      [...world.clusters].map(async ([name, cluster]): Promise<[string, Seen<ClusterView>]> => [
        name,
        await see(async () => {
          const description = await cluster.describe();
          const topics = replicatedTopics(description, link ?? { topics: '.*' }).map((topic) => topic.name);
          return { description, configs: await cluster.topicConfigs(topics) };
        }),
      ]),
    ),
  );
  const base = { at: now(), topology, nodes, clusters, stateLogs, active, generation: newest?.generation, to: target, link };
  const source = active === undefined ? undefined : world.clusters.get(active);
  const replicator = link === undefined ? undefined : world.replicator(link.from, link.to);
  if (link === undefined || source === undefined || replicator === undefined) return { ...base, replicator: undefined, lag: undefined, details: await details };

  const view = active === undefined ? undefined : clusters.get(active);
  const takeover = world.takeover?.(link.from, link.to);
  const [health, held, lag] = await Promise.all([
    see(() => replicator.health()),
    takeover?.heldBecause().catch(() => undefined),
    view?.ok === true
      ? see(async () => {
          const sinceMs = clock.elapsedMs();
          const topics = replicatedTopics(view.value.description, link);
          const partitions = topics.flatMap((topic) => topic.partitions.map(({ index }) => ({ topic: topic.name, partition: index })));
          return await boundByCatchUp(await observeLag(source, replicator, partitions, now), replicator, sinceMs, clock);
        })
      : Promise.resolve({ ok: false as const, why: `${active} cannot be read` }),
  ]);
  return { ...base, replicator: health, lag, canTakeOver: takeover !== undefined, ...(held === undefined ? {} : { replicatorHeld: held }), details: await details };
}
