import { setTimeout as delay } from 'node:timers/promises';
import { GwctlError } from '../shared/errors.ts';
import { computeLoss, type Loss, type LossEvidence } from './loss.ts';
import type { ClusterView, Observation, Seen } from './observation.ts';
import { nodesWithout } from '../shared/gateway-driver.ts';
import { timeLimit } from '../shared/time-limit.ts';
import { newestState, type World } from './observe-world.ts';

/** What can be seen when the source may be dead, or half dead. */
export interface UnplannedView {
  readonly seen: Observation;
  readonly loss: Loss;
  /** Whether the source answers after all. */
  readonly source: Seen<true>;
  readonly withoutNodes: readonly string[];
  /** Of nodes that tell nothing of themselves: whether they answer a call at all. */
  readonly answering: readonly { readonly name: string; readonly seen: Seen<unknown> }[];
}

/** A node that works answers within milliseconds. */
const NODE_MS = 2000;
/** For a record through a node that tells nothing of itself, while a cluster is dead. */
const UNTOLD_MS = 5000;
const TARGET_MS = 10_000;
/** Nobody waits for a cluster that is given up; one that works answers in a few milliseconds. */
const SOURCE_MS = 300;
/** A token that nobody uses: asking for one changes nothing. */
const PROBE_USER = 'gwctl';
const PROBE_SECONDS = 60;
const LEFT_OUT = 'it is left out of the run';

/** Looks at nodes, target and, for a moment, source, all at once. Never throws for what cannot be seen. `withoutNodes` are not asked. */
export async function observeUnplanned(world: World, to: string, withoutNodes: readonly string[], now: () => Date): Promise<UnplannedView> {
  const { topology } = world;
  const asked = world.gateways.filter(({ node }) => !withoutNodes.includes(node));
  const target = world.clusters.get(to);
  const links = topology.links.filter((link) => link.to === to);
  const { virtualCluster } = topology.gateway.canary;
  const untold = nodesWithout('tellsState', topology.gateways);
  const [nodes, answering, reports, description, targetLog, positions, others] = await Promise.all([
    Promise.all(asked.map(async (gateway) => {
      const limitMs = untold.includes(gateway.node) ? UNTOLD_MS : NODE_MS;
      return { name: gateway.node, state: await within(limitMs, gateway.node, () => gateway.state(timeLimit(limitMs))) };
    })),
    Promise.all(asked.filter(({ node }) => untold.includes(node)).map(async (gateway) => ({ name: gateway.node, seen: await within(NODE_MS, gateway.node, () => gateway.issueToken(virtualCluster, PROBE_USER, PROBE_SECONDS)) }))),
    readReports(world, withoutNodes),
    within(TARGET_MS, to, async () => (target === undefined ? missing(to) : await target.describe())),
    within(TARGET_MS, to, async () => (target === undefined ? missing(to) : await target.stateLog.read())),
    Promise.all(links.map(async (link) => [link.from, await readPositions(world, link.from, to)] as const)),
    Promise.all([...world.clusters].filter(([name]) => name !== to).map(async ([name, { stateLog }]) => [name, await within(SOURCE_MS, name, () => stateLog.read())] as const)),
  ]);
  const newest = newestState(nodes, to);
  // Nodes that tell nothing of themselves cannot be found by a record when their cluster is gone: then it is the one that is copied from.
  const isUntold = untold.length === topology.gateways.length;
  const isLeftOver = isUntold && nodes.some(({ state }) => !state.ok) && (newest === undefined || newest.active === to);
  const active = isLeftOver && links.length === 1 ? links[0]?.from : newest?.active;
  const generation = newest?.generation ?? (active === undefined ? undefined : 0);
  const link = links.find(({ from }) => from === active);
  const view: Seen<ClusterView> = description.ok ? { ok: true, value: { description: description.value, configs: new Map() } } : description;
  const sourceLog = others.find(([name]) => name === active)?.[1];
  return {
    seen: {
      at: now(), topology, nodes, active, generation, to, link,
      clusters: new Map([[to, view]]),
      stateLogs: new Map([[to, targetLog], ...others]),
      replicator: undefined,
      lag: undefined,
      canTakeOver: link !== undefined && world.takeover?.(link.from, link.to) !== undefined,
    },
    loss: computeLoss({
      from: active ?? '',
      link: link ?? { topics: '' },
      nodes: reports,
      positions: positions.find(([from]) => from === active)?.[1] ?? { ok: false, why: `nothing replicates ${active ?? '?'}->${to}` },
    }),
    answering,
    source: sourceLog === undefined ? { ok: false, why: 'it is not known' } : sourceLog.ok ? { ok: true, value: true } : sourceLog,
    withoutNodes,
  };
}

/** The same reckoning alone, once nothing can be acknowledged or copied any more. */
export async function observeLoss(world: World, from: string, to: string, withoutNodes: readonly string[]): Promise<Loss> {
  const link = world.topology.links.find((candidate) => candidate.from === from && candidate.to === to) ?? { topics: '' };
  const [nodes, positions] = await Promise.all([readReports(world, withoutNodes), readPositions(world, from, to)]);
  return computeLoss({ from, link, nodes, positions });
}

async function readReports({ gateways }: World, withoutNodes: readonly string[]): Promise<LossEvidence['nodes']> {
  return await Promise.all(gateways.map(async (gateway) => {
    if (withoutNodes.includes(gateway.node)) return { name: gateway.node, report: { ok: false, why: LEFT_OUT } as const };
    return { name: gateway.node, report: await within(NODE_MS, gateway.node, () => gateway.acknowledged(timeLimit(NODE_MS))) };
  }));
}

async function readPositions(world: World, from: string, to: string): Promise<LossEvidence['positions']> {
  const replicator = world.replicator(from, to);
  if (replicator === undefined) return { ok: false, why: `nothing replicates ${from}->${to}` };
  return await within(TARGET_MS, to, () => replicator.positions());
}

/** What is answered within that time; what comes later is nobody's. */
export async function within<T>(milliseconds: number, who: string, look: () => Promise<T>): Promise<Seen<T>> {
  const late = new AbortController();
  try {
    const looking = look();
    looking.catch(() => {});
    const expired = delay(milliseconds, undefined, { signal: late.signal }).then(() => {
      throw new GwctlError('UNAVAILABLE', `${who} did not answer within ${milliseconds} ms`);
    });
    expired.catch(() => {});
    return { ok: true, value: await Promise.race([looking, expired]) };
  } catch (reason) {
    const { code, message, hint } = GwctlError.from(reason);
    return { ok: false, why: message, code, ...(hint === undefined ? {} : { hint }) };
  } finally {
    late.abort();
  }
}

function missing(what: string): never {
  throw new GwctlError('UNAVAILABLE', `there is no ${what}`);
}
