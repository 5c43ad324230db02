import { decisionOn } from '../../src/arbiter/state-rules.ts';
import type { Machine, Move } from './explore.ts';
import { crash, follow, look, nodeOf, readAgain, settle, takeOrder, type Without } from './model-node.ts';
import { actOnLogs, proceed, runOf, startRun, verbOf, type RunPlan } from './model-run.ts';
import { isOver, lets, recordsOf, truth, type Cluster, type ModelState, type NodeName, type NodeState, type RunName, type RunState } from './model-state.ts';

/** Who is there, and what may go wrong. */
export interface Scenario {
  readonly nodes: readonly NodeName[];
  /** Starts for the first time, at any moment. */
  readonly joiner?: NodeName;
  readonly runs: Partial<Readonly<Record<RunName, RunPlan>>>;
  readonly failures: Partial<ModelState['left']>;
  /** Who may lose sight of which cluster; everybody of both when absent. */
  readonly mayLoseSight?: readonly string[];
}

export function switchModel(scenario: Scenario, without: Without = new Set()): Machine<ModelState> {
  return { start: startOf(scenario), moves: (state, key) => movesOf(state, key, scenario, without), violation, isFinished };
}

function startOf({ nodes, joiner, runs, failures }: Scenario): ModelState {
  const isJoiner = (name: NodeName): boolean => name === joiner;
  const all = joiner === undefined || nodes.includes(joiner) ? nodes : [...nodes, joiner];
  return {
    logs: { main: all.filter((name) => !isJoiner(name)).map((name) => `join ${name}`), failover: [] },
    nodes: Object.fromEntries(all.map((name) => [name, startingNode(isJoiner(name))])),
    runs: Object.fromEntries(Object.keys(runs).map((id) => [id, idleRun()])),
    late: [],
    blind: [],
    left: { nodeCrash: 0, gwctlCrash: 0, lost: 0, late: 0, blind: 0, ...failures },
  };
}

function startingNode(isJoiner: boolean): NodeState {
  const memory = { generation: 1, active: 'main' };
  const base: NodeState = { life: 'up', phase: 'serving', lost: false, gen: 1, active: 'main', memory, pledge: null, run: null, over: false, inFlight: true, behind: false, joined: ['main'] };
  if (isJoiner) {
    crash(base);
    // Its first start may come at any time.
    base.life = 'down';
  }
  return base;
}

function idleRun(): RunState {
  return { step: 'idle', from: 'main', to: 'failover', basis: 1, gen: 0, todo: [], failed: false, hasCommitted: false, undo: [] };
}

function movesOf(state: ModelState, text: string, scenario: Scenario, without: Without): Move<ModelState>[] {
  const moves: Move<ModelState>[] = [];
  const may = (label: string, harm: boolean, act: (next: ModelState) => boolean | void): void => {
    const next = JSON.parse(text) as ModelState;
    if (act(next) !== false) moves.push({ label, harm, next: settled(next) });
  };
  for (const name of Object.keys(state.nodes) as NodeName[]) nodeMoves(name, state, without, may);
  for (const [id, plan] of Object.entries(scenario.runs) as [RunName, RunPlan][]) runMoves(id, scenario, plan, state, without, may);
  for (const [index, message] of state.late.entries()) {
    may(`late: ${JSON.stringify(message)}`, false, (next) => {
      next.late.splice(index, 1);
      if (message.kind === 'append') append(next, message.cluster, message.record, scenario);
      else takeOrder(next, message.node, message.verb, message.run, message.gen, message.to, without);
    });
  }
  for (const who of state.blind) may(`${who} is seen again`, false, (next) => void next.blind.splice(next.blind.indexOf(who), 1));
  if (state.left.blind > 0) {
    for (const sight of scenario.mayLoseSight ?? [...Object.keys(state.nodes), ...Object.keys(state.runs)].flatMap((who) => [`${who}:main`, `${who}:failover`])) {
      if (state.blind.includes(sight)) continue;
      may(`${sight} is not seen`, true, (next) => {
        next.left.blind--;
        next.blind.push(sight);
        next.blind.sort();
      });
    }
  }
  return moves;
}

type May = (label: string, harm: boolean, act: (next: ModelState) => boolean | void) => void;

function nodeMoves(name: NodeName, state: ModelState, without: Without, may: May): void {
  const node = nodeOf(state, name);
  if (node.life === 'down') {
    may(`${name} starts`, true, (next) => {
      Object.assign(nodeOf(next, name), { life: 'looking', phase: 'paused' });
      if (without.has('restart-reads')) look(next, name, without);
    });
    return;
  }
  if (state.left.nodeCrash > 0) {
    may(`${name} crashes`, true, (next) => {
      next.left.nodeCrash--;
      crash(nodeOf(next, name));
    });
  }
  if (node.life === 'looking') may(`${name} joins`, false, (next) => look(next, name, without));
  else if (node.life === 'joined') may(`${name} reads`, false, (next) => readAgain(next, name, without));
  else if (node.lost) may(`${name} looks again`, false, (next) => void (nodeOf(next, name).life = 'looking'));
  else {
    if (node.run !== null && !node.over) may(`the lease of ${name} ends`, false, (next) => void (nodeOf(next, name).over = true));
    if (node.over) may(`${name} settles`, false, (next) => settle(next, name, without));
    may(`${name} follows`, false, (next) => follow(next, name, without));
  }
}

function runMoves(id: RunName, scenario: Scenario, plan: RunPlan, state: ModelState, without: Without, may: May): void {
  const run = runOf(state, id);
  if (run.step === 'idle') return may(`${id} starts`, true, (next) => startRun(next, id, plan));
  if (isOver(run)) return;
  if (state.left.gwctlCrash > 0) {
    may(`gwctl of ${id} crashes`, true, (next) => {
      next.left.gwctlCrash--;
      Object.assign(runOf(next, id), { step: 'dead', todo: [], undo: [], failed: false });
    });
  }
  const verb = verbOf(run);
  if (verb === undefined) return logMoves(id, scenario, plan, state, without, may);
  for (const name of run.todo) {
    const { gen, to } = run;
    const call = (next: ModelState, isHeard: boolean, isAnswered: boolean): void => {
      const mine = runOf(next, id);
      const isDone = isHeard && takeOrder(next, name, verb, id, gen, to, without);
      mine.todo.splice(mine.todo.indexOf(name), 1);
      if (!isDone || !isAnswered) mine.failed = true;
      if (mine.todo.length === 0) proceed(mine, plan, without);
    };
    may(`${id}: ${verb} ${name}`, false, (next) => call(next, true, true));
    if (state.left.lost > 0) {
      may(`${id}: ${verb} ${name} is lost`, true, (next) => (next.left.lost--, call(next, false, true)));
      may(`${id}: the answer of ${verb} ${name} is lost`, true, (next) => (next.left.lost--, call(next, true, false)));
    }
    if (state.left.late > 0) {
      may(`${id}: ${verb} ${name} is late`, true, (next) => {
        next.left.late--;
        next.late.push({ kind: 'call', run: id, verb, node: name, gen, to });
        call(next, false, true);
      });
    }
  }
}

function logMoves(id: RunName, scenario: Scenario, plan: RunPlan, state: ModelState, without: Without, may: May): void {
  const run = runOf(state, id);
  if (run.step !== 'intent' && run.step !== 'commit') return may(`${id}: ${run.step}`, false, (next) => actOnLogs(next, id, plan, without));
  const { step, gen, from, to } = run;
  const cluster: Cluster = step === 'intent' ? from : to;
  const record = `${step} ${gen} ${from} ${to} ${id}`;
  const sent = (next: ModelState, isWritten: boolean, isAnswered: boolean): void => {
    const mine = runOf(next, id);
    if (step === 'commit') mine.hasCommitted = true;
    if (isWritten) append(next, cluster, record, scenario);
    // What a commit came to is read in any case.
    mine.failed = step === 'intent' && !isAnswered;
    proceed(mine, plan, without);
  };
  if (state.blind.includes(`${id}:${cluster}`)) return may(`${id}: ${step} fails`, false, (next) => sent(next, false, false));
  may(`${id}: ${step}`, false, (next) => sent(next, true, true));
  if (state.left.lost > 0) may(`${id}: ${step} is written, and not answered`, true, (next) => (next.left.lost--, sent(next, true, false)));
  if (state.left.late > 0) {
    may(`${id}: ${step} is late`, true, (next) => {
      next.left.late--;
      next.late.push({ kind: 'append', cluster, record });
      sent(next, false, false);
    });
  }
}

/** An unplanned switch that is decided leaves nodes behind: from here on they may only stop. */
function append(state: ModelState, cluster: Cluster, record: string, { runs }: Scenario): void {
  const before = truth(state);
  state.logs[cluster].push(record);
  const now = truth(state);
  const id = record.split(' ').at(-1) as RunName;
  if (now.generation === before.generation || runs[id]?.isUnplanned !== true) return;
  for (const node of Object.values(state.nodes)) if ((lets(node) || node.inFlight) && node.active !== now.active && node.run?.id !== id) node.behind = true;
}

/** Budgets for what cannot happen any more would only multiply the states. */
function settled(state: ModelState): ModelState {
  const runs = Object.values(state.runs);
  if (runs.length > 0 && runs.every((run) => run.step === 'end' || run.step === 'dead')) Object.assign(state.left, { gwctlCrash: 0, lost: 0, late: 0 });
  for (const run of runs) if (run.step === 'end' || run.step === 'dead') Object.assign(run, { todo: [], undo: [], failed: false, hasCommitted: false });
  return state;
}

function violation(state: ModelState): string | undefined {
  const now = truth(state);
  const nodes = Object.entries(state.nodes);
  const open = nodes.filter(([, node]) => lets(node) && !node.behind);
  const clusters = new Set(open.map(([, node]) => node.active));
  if (clusters.size > 1) return `two clusters at once: ${open.map(([name, node]) => `${name} lets writes pass to ${node.active}`).join(', ')}`;
  const late = nodes.find(([, node]) => !node.behind && (lets(node) || node.inFlight) && node.active !== now.active && now.generation > node.gen);
  if (late !== undefined) return `${late[0]} acknowledges writes on ${late[1].active} after generation ${now.generation} went to ${now.active}`;
  const early = nodes.find(([, node]) => lets(node) && node.gen > 1 && decisionOn(recordsOf(state.logs[node.active]), node.active, node.gen)?.kind !== 'commit');
  return early === undefined ? undefined : `${early[0]} serves ${early[1].active} at generation ${early[1].gen}, which was not committed`;
}

function isFinished(state: ModelState): boolean {
  const now = truth(state);
  return (
    state.late.length === 0 &&
    Object.values(state.runs).every(isOver) &&
    Object.values(state.nodes).every((node) => node.life === 'down' || (lets(node) && node.phase === 'serving' && node.gen === now.generation && node.active === now.active))
  );
}
