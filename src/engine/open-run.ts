import { decide } from '../arbiter/state-log.ts';
import type { Decision } from '../arbiter/state-record.ts';
import { lastCommit, openIntent, type Standing, type StateLogs } from '../arbiter/state-rules.ts';
import { tellingGateways } from '../checks/telling-gateways.ts';
import type { World } from '../checks/observe-world.ts';
import type { Plan } from '../plan/plan.ts';
import type { Clock } from '../ports/clock.ts';
import type { NodeState } from '../shared/admin-api.ts';
import { GwctlError } from '../shared/errors.ts';
import { nodesWithout } from '../shared/gateway-driver.ts';
import type { Topology } from '../topology/topology.ts';

/** A run that is not over: its switch is not decided, or not every node has gone where it led. */
export interface OpenRun {
  readonly runId: string;
  /** Who started it, when that is known. */
  readonly by: string | undefined;
  readonly generation: number;
  readonly from: string;
  readonly to: string;
  readonly isCommitted: boolean;
  /** Until then the run may still be alive. */
  readonly leaseUntil: Date | undefined;
  /** The log of the cluster that it leaves cannot be read: it was an unplanned switch, or would have to be one now. */
  readonly isSourceGone: boolean;
}

const POLL_MS = 250;
/** After its lease a node settles by itself; this is how long gwctl waits to see it. */
const SETTLE_MS = 20_000;

/** Looks for a run that is not over; undefined: there is none. Throws UNAVAILABLE when no cluster and no node answers. */
export async function findOpenRun(world: World): Promise<OpenRun | undefined> {
  const [logs, nodes] = await Promise.all([readLogs(world), readNodes(world)]);
  if (nodes.length === 0 && [...logs.values()].every((log) => log === undefined)) throw new GwctlError('UNAVAILABLE', 'neither a cluster nor a gateway node answers');
  return openRunIn(logs, nodes, world.topology);
}

/**
 * The run of that id, when the last switch was its: every node may have gone where it led, and what it has not come to is something else, as to leave the
 * replication off. undefined: it was given up, or another one came after it. Throws UNAVAILABLE.
 */
export async function findCommittedRun(world: World, runId: string): Promise<OpenRun | undefined> {
  const logs = await readLogs(world);
  const standing = lastCommit(logs);
  const commit = standing === undefined ? undefined : commitOf(logs, standing);
  if (commit?.runId !== runId) return undefined;
  const { by, generation, from, to } = commit;
  return { runId, by, generation, from, to, isCommitted: true, leaseUntil: undefined, isSourceGone: logs.get(from) === undefined };
}

/** The commands that end it, the one that brings it to its end first. */
export function commandsToEnd({ isCommitted }: OpenRun): readonly string[] {
  return isCommitted ? ['gwctl resume'] : ['gwctl resume', 'gwctl rollback'];
}

/** Pure: what the logs and the nodes say of a run that is not over. A log that could not be read says nothing. */
export function openRunIn(logs: StateLogs, nodes: readonly NodeState[], topology: Topology): OpenRun | undefined {
  const held = nodes.flatMap(({ run }) => (run === null ? [] : [run]));
  const leaseOf = (runId: string): Date | undefined => held.filter((run) => run.runId === runId).map(({ leaseUntil }) => new Date(leaseUntil)).sort((a, b) => b.getTime() - a.getTime())[0];
  const standing = standingOf(logs, nodes, topology);
  const isGone = (cluster: string): boolean => logs.get(cluster) === undefined;

  const commit = commitOf(logs, standing);
  const isBehind = ({ generation, phase }: NodeState): boolean => generation < standing.generation || phase !== 'serving';
  if (commit !== undefined && nodes.some((node) => isBehind(node) && (node.run === null || node.run.runId === commit.runId))) {
    return { runId: commit.runId, by: commit.by, generation: commit.generation, from: commit.from, to: commit.to, isCommitted: true, leaseUntil: leaseOf(commit.runId), isSourceGone: isGone(commit.from) };
  }
  const intent = openIntent(logs, standing);
  if (intent !== undefined) {
    const { runId, by, generation, from, to } = intent;
    return { runId, by, generation, from, to, isCommitted: false, leaseUntil: leaseOf(runId), isSourceGone: isGone(from) };
  }
  const [run] = held;
  return run === undefined ? undefined : { runId: run.runId, by: run.by, generation: run.generation, from: standing.active, to: run.to, isCommitted: false, leaseUntil: leaseOf(run.runId), isSourceGone: isGone(standing.active) };
}

/**
 * Gives a run up that nobody has decided: decides against it, and waits until every node that answers serves its cluster again. Throws LOCKED
 * while the run gives signs of life, NOT_AS_EXPECTED when it was committed.
 */
export async function giveUpRun(run: OpenRun, world: World, clock: Clock, note: (text: string) => void, signal: AbortSignal): Promise<readonly NodeState[]> {
  await awaitEndOfLease(run, world, clock, note, signal);
  const { runId, generation, from, to } = run;
  const target = world.clusters.get(to);
  if (target === undefined) throw new GwctlError('NOT_AS_EXPECTED', `run ${runId} leads to cluster ${to}, which this configuration does not have`);
  const decision = await decide(target.stateLog, { kind: 'abort', generation, from, to, runId, by: world.operator, at: clock.now().toISOString() });
  if (decision.kind === 'commit') throw committed({ ...run, isCommitted: true });
  await world.clusters.get(from)?.stateLog.append(decision).catch((reason: unknown) => note(`the decision was not copied to ${from}: ${GwctlError.from(reason).message}`));
  return await awaitNodes(world, clock, note, signal, ({ active, phase, generation: served }) => active === from && phase === 'serving' && served < generation);
}

/** There is nothing to end; a node that is lost waits for something else. */
export async function noOpenRun(verb: 'resume' | 'roll back', world: World): Promise<GwctlError> {
  const lost = (await readNodes(world)).filter(({ isLost }) => isLost).map(({ node }) => node);
  return new GwctlError('CHECK_FAILED', `no run is open: nothing to ${verb}, nothing was changed`, {
    hint: nodesWithout('takesOrders', world.topology.gateways).length > 0 ? 'nodes that are switched one by one know no runs: `gwctl failover --to CLUSTER` switches those that are not there yet'
      : lost.length === 0 ? '`gwctl status` shows how things are' : `${lost.join(', ')} ${lost.length === 1 ? 'holds' : 'hold'} writes because nobody can tell which cluster is active: \`gwctl resume --serve CLUSTER\` is for the person who knows`,
  });
}

export function committed({ runId, to, generation }: OpenRun): GwctlError {
  return new GwctlError('NOT_AS_EXPECTED', `run ${runId} was committed: ${to} is active since generation ${generation}, and there is no way back`, { hint: 'finish it with `gwctl resume`' });
}

/** What is left to do of a run that was committed: everything may be done already, so each step may be repeated. `canTakeOver`: gwctl has the replicator's process. */
export function planToFinish({ from, to, generation, isSourceGone }: OpenRun, gateways: readonly string[], canTakeOver = false): Plan {
  return {
    to,
    from,
    basis: { active: from, generation: generation - 1 },
    generation,
    steps: [
      { kind: 'flip-gateways', gateways },
      { kind: 'resume-gateways', gateways },
      { kind: 'await-gateways', gateways, timeoutMs: SETTLE_MS },
      ...(canTakeOver ? [{ kind: 'retire-replication', from } as const] : []),
      { kind: 'prove-switch', gateways, from, ...(isSourceGone ? { isSourceGone } : {}) },
    ],
  };
}

/** Nothing is left to do of a run that is given up. */
export function planToGiveUp({ from, to, generation }: OpenRun): Plan {
  return { to, from, basis: { active: from, generation: generation - 1 }, generation, steps: [] };
}

/** A run that is alive renews its lease; one that is dead cannot, and after its lease nobody obeys it. */
async function awaitEndOfLease({ runId, by, leaseUntil }: OpenRun, world: World, clock: Clock, note: (text: string) => void, signal: AbortSignal): Promise<void> {
  if (leaseUntil === undefined) return;
  const holder = `run ${runId}${by === undefined ? '' : ` of ${by}`}`;
  while (clock.now() < leaseUntil) {
    note(`it may be alive${by === undefined ? '' : `, begun by ${by}`}: waiting until its lease ends, at ${leaseUntil.toISOString().slice(11, 19)} UTC`);
    await clock.sleep(POLL_MS, signal);
    const renewed = (await readNodes(world)).find(({ run }) => run?.runId === runId && new Date(run.leaseUntil) > leaseUntil);
    if (renewed !== undefined) throw new GwctlError('LOCKED', `${holder} is alive: it holds ${renewed.node}`);
  }
}

async function awaitNodes(world: World, clock: Clock, note: (text: string) => void, signal: AbortSignal, isThere: (node: NodeState) => boolean): Promise<readonly NodeState[]> {
  const untilMs = clock.elapsedMs() + SETTLE_MS;
  for (;;) {
    const nodes = await readNodes(world);
    const waiting = nodes.filter((node) => !isThere(node)).map(({ node, phase, active }) => `${node} is ${phase} on ${active}`);
    if (nodes.length > 0 && waiting.length === 0) return nodes;
    if (clock.elapsedMs() > untilMs) {
      throw new GwctlError('NEEDS_OPERATOR', nodes.length === 0 ? 'no gateway node answers' : `the run was given up, but ${waiting.join(', ')}`, { hint: 'look at the log of the node' });
    }
    note(waiting.join(', '));
    await clock.sleep(POLL_MS, signal);
  }
}

async function readLogs(world: World): Promise<StateLogs> {
  return new Map(await Promise.all([...world.clusters].map(async ([name, { stateLog }]) => [name, await stateLog.read().catch(() => undefined)] as const)));
}

async function readNodes(world: World): Promise<readonly NodeState[]> {
  return (await Promise.all(tellingGateways(world).map((gateway) => gateway.state().catch(() => undefined)))).filter((state) => state !== undefined);
}

function standingOf(logs: StateLogs, nodes: readonly NodeState[], topology: Topology): Standing {
  let standing: Standing = lastCommit(logs) ?? { generation: 1, active: topology.clusters.find(({ role }) => role === 'primary')?.name ?? '' };
  for (const { generation, active } of nodes) if (generation > standing.generation) standing = { generation, active };
  return standing;
}

function commitOf(logs: StateLogs, { generation, active }: Standing): Decision | undefined {
  return [...logs.values()].flatMap((log) => log ?? []).find((record): record is Decision => record.kind === 'commit' && record.generation === generation && record.to === active);
}
