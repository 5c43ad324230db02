import { decisionIn, decisionOn, lastCommit, postureOf, type Posture, type Standing } from '../../src/arbiter/state-rules.ts';
import { lets, logsSeenBy, recordsOf, type Cluster, type ModelState, type NodeName, type NodeState, type Pledge, type RunName, type Verb } from './model-state.ts';

/** What the protocol stands on. Each can be taken away, to see that the search notices. */
export const GUARDS = {
  'intent-record': 'a run says on the source that it is under way',
  'reads-joins': 'a run refuses when a node that it does not know has joined the source',
  'joiner-waits': 'a node that starts after an intent waits for the decision',
  'asks-arbiter': 'a node whose lease ran out asks the arbiter before it goes on',
  'fences-itself': 'a node that sees a later commit goes after it',
  'restart-reads': 'a node that restarts does not trust its memory alone',
  'drains-first': 'a run commits only when no write is in flight',
  'first-decides': 'the first decision of a generation counts, not the last',
  'joins-anew': 'a node that moves by itself joins the cluster that it goes to, and reads again, before it lets writes pass',
  'loser-leaves': 'only the run that announced a generation first gives it up without the log of the target',
  'remembers-run': 'a node that was paused remembers that on its disk',
  'looks-first': 'a node that is told to let writes pass looks for a later commit first',
  'asks-peers-anew': 'a node that starts believes what its peers say now, and only when none of them is in a switch',
} as const;
export type Guard = keyof typeof GUARDS;
export type Without = ReadonlySet<Guard>;

export function nodeOf(state: ModelState, name: NodeName): NodeState {
  const node = state.nodes[name];
  if (node === undefined) throw new Error(`no node ${name}`);
  return node;
}

export function decided(state: ModelState, who: string, to: Cluster, gen: number, without: Without): 'commit' | 'abort' | undefined {
  const logs = logsSeenBy(state, who);
  if (!without.has('first-decides')) return decisionIn(logs, to, gen)?.kind;
  return decisionOn(logs.get(to)?.toReversed() ?? [], to, gen)?.kind;
}

/** Decides a generation on the deciding log, unless it was decided already: append, read back. */
export function decideNow(state: ModelState, kind: 'commit' | 'abort', gen: number, from: Cluster, to: Cluster, run: RunName): 'commit' | 'abort' {
  const before = decisionOn(recordsOf(state.logs[to]), to, gen)?.kind;
  if (before !== undefined) return before;
  state.logs[to].push(`${kind} ${gen} ${from} ${to} ${run}`);
  return kind;
}

export function joinLog(state: ModelState, name: NodeName, cluster: Cluster): boolean {
  const node = nodeOf(state, name);
  if (node.joined.includes(cluster)) return true;
  if (state.blind.includes(`${name}:${cluster}`)) return false;
  // A second join of the same node says nothing new, and the log stays short.
  if (!state.logs[cluster].includes(`join ${name}`)) state.logs[cluster].push(`join ${name}`);
  node.joined.push(cluster);
  return true;
}

function serve(node: NodeState, standing: Standing): void {
  Object.assign(node, { life: 'up', lost: false, phase: 'serving', gen: standing.generation, active: standing.active, pledge: null, run: null, over: false, inFlight: true, behind: node.behind && lets(node) });
}

/** What peers say: the latest that one of them serves. */
function askPeers(state: ModelState, asker: NodeName, without: Without): Standing | undefined {
  const others = Object.entries(state.nodes).filter(([name, node]) => name !== asker && node.life === 'up' && !node.lost).map(([, node]) => node);
  const isSwitching = others.some(({ phase }) => phase === 'paused' || phase === 'drained' || phase === 'flipped');
  if (isSwitching && !without.has('asks-peers-anew')) return undefined;
  return others.filter(lets).reduce<Standing | undefined>((latest, { gen, active }) => (latest === undefined || gen > latest.generation ? { generation: gen, active } : latest), undefined);
}

export function crash(node: NodeState): void {
  Object.assign(node, { life: 'down', phase: 'serving', lost: false, gen: 0, active: 'main', run: null, over: false, inFlight: false, behind: false, joined: [] });
}

/** A start, or somebody who is lost: looks who is active, and registers there. */
export function look(state: ModelState, name: NodeName, without: Without): void {
  const node = nodeOf(state, name);
  if (without.has('restart-reads')) return serve(node, node.memory);
  const posture = postureOf(logsSeenBy(state, name), node.memory, askPeers(state, name, without));
  if (posture.kind === 'unknown' || !joinLog(state, name, posture.standing.active as Cluster)) return becomeLost(node, posture.standing);
  node.memory = posture.standing;
  node.life = 'joined';
}

/** Registered: what is on the logs now counts. */
export function readAgain(state: ModelState, name: NodeName, without: Without): void {
  const node = nodeOf(state, name);
  const peer = without.has('asks-peers-anew') ? node.memory : askPeers(state, name, without);
  const posture: Posture = postureOf(logsSeenBy(state, name), node.memory, peer);
  const { standing } = posture;
  if (posture.kind === 'unknown') return becomeLost(node, standing);
  if (standing.active !== node.memory.active && !without.has('joins-anew')) {
    node.memory = standing;
    node.life = 'looking';
    return;
  }
  node.memory = standing;
  const pledge = without.has('remembers-run') || node.pledge === null || standing.generation >= node.pledge.gen ? null : node.pledge;
  if (pledge !== null && decided(state, name, pledge.to, pledge.gen, without) !== 'abort') return wait(node, standing, pledge);
  if (posture.kind === 'wait' && !without.has('joiner-waits')) {
    const { runId, generation, to } = posture.intent;
    return wait(node, standing, { id: runId as RunName, gen: generation, to: to as Cluster });
  }
  const wasPaused = node.pledge !== null;
  serve(node, standing);
  // It believes a peer that was left out of an unplanned switch, and is left out with it; unless that run counts on it.
  node.behind = !wasPaused && Object.values(state.nodes).some((other) => other.behind && other.gen === node.gen);
}

function wait(node: NodeState, standing: Standing, run: Pledge): void {
  Object.assign(node, { life: 'up', lost: false, phase: 'paused', gen: standing.generation, active: standing.active, run, over: false, inFlight: false, behind: false });
}

function becomeLost(node: NodeState, standing: Standing): void {
  Object.assign(node, { life: 'up', lost: true, phase: 'paused', gen: standing.generation, active: standing.active, run: null, over: false, inFlight: false, behind: false });
}

/** Moves by itself, or goes on where it is: what it knows may be old by now. */
function goOn(node: NodeState, standing: Standing, without: Without): void {
  node.memory = standing;
  node.pledge = null;
  if (without.has('joins-anew')) return serve(node, standing);
  Object.assign(node, { life: 'looking', phase: 'paused', gen: standing.generation, active: standing.active, run: null, over: false, inFlight: false, behind: false });
}

/** The lease is over. false: the arbiter cannot be asked. */
export function settle(state: ModelState, name: NodeName, without: Without): boolean {
  const node = nodeOf(state, name);
  const { run } = node;
  if (run === null || !node.over) return false;
  if (node.phase === 'prepared' || without.has('asks-arbiter')) {
    serve(node, { generation: node.gen, active: node.active });
    return true;
  }
  if (node.phase === 'flipped') {
    goOn(node, { generation: node.gen, active: node.active }, without);
    return true;
  }
  const known = decided(state, name, run.to, run.gen, without);
  if (known === undefined && state.blind.includes(`${name}:${run.to}`)) return false;
  const decision = known ?? decideNow(state, 'abort', run.gen, node.active, run.to, run.id);
  goOn(node, decision === 'commit' ? { generation: run.gen, active: run.to } : { generation: node.gen, active: node.active }, without);
  return true;
}

/** Reads the logs while it serves or waits, or when its run gave it back. false: nothing new. */
export function follow(state: ModelState, name: NodeName, without: Without, isGivenBack = false): boolean {
  const node = nodeOf(state, name);
  if (without.has('fences-itself')) return false;
  for (const log of logsSeenBy(state, name)) {
    const commit = lastCommit(new Map([log]));
    if (commit === undefined || commit.generation <= node.gen) continue;
    if (node.run?.gen === commit.generation && !node.over && !isGivenBack) continue;
    goOn(node, commit, without);
    return true;
  }
  return false;
}

/** An order of a run arrives at a node. false: refused. */
export function takeOrder(state: ModelState, name: NodeName, verb: Verb, id: RunName, gen: number, to: Cluster, without: Without): boolean {
  const node = nodeOf(state, name);
  if (node.life !== 'up') return false;
  const isMine = node.run?.id === id && node.run.gen === gen;
  if (verb === 'prepare') {
    if (node.lost || (node.run !== null && !isMine) || gen <= node.gen || to === node.active || !joinLog(state, name, to)) return false;
    if (node.phase === 'serving') node.phase = 'prepared';
    node.run = { id, gen, to };
    node.over = false;
    return true;
  }
  if (verb === 'flip' && node.gen === gen && node.active === to) return true;
  if (verb === 'resume' && node.phase === 'serving' && node.gen === gen) return true;
  if (verb === 'abort' && node.phase === 'serving' && node.gen < gen) return true;
  if (!isMine || (node.over && node.phase !== 'flipped')) return false;
  const allowed = { pause: ['prepared', 'paused', 'drained'], drain: ['paused', 'drained'], flip: ['drained', 'flipped'], resume: ['flipped'], abort: ['prepared', 'paused', 'drained'] }[verb];
  if (!allowed.includes(node.phase)) return false;
  if (verb === 'pause') {
    if (node.phase === 'prepared') node.phase = 'paused';
    node.pledge = node.run;
    node.over = false;
  } else if (verb === 'drain') Object.assign(node, { phase: 'drained', inFlight: false, over: false });
  else if (verb === 'flip') {
    if (decided(state, name, to, gen, without) !== 'commit') return false;
    Object.assign(node, { pledge: null, phase: 'flipped', gen, active: to, memory: { generation: gen, active: to }, inFlight: false });
  } else if (without.has('looks-first') || !follow(state, name, without, true)) serve(node, { generation: node.gen, active: node.active });
  return true;
}
