import { decisionOn, joinedNodes, nextGeneration, openIntent } from '../../src/arbiter/state-rules.ts';
import type { Intent } from '../../src/arbiter/state-record.ts';
import { decideNow, nodeOf, type Without } from './model-node.ts';
import { logsSeenBy, recordsOf, type Cluster, type ModelState, type NodeName, type RunName, type RunState, type Step, type Verb } from './model-state.ts';

export interface RunPlan {
  /** The nodes of its gwctl.yaml; of an unplanned switch, those that it can reach. */
  readonly nodes: readonly NodeName[];
  /** The source is dead for it: no intent, nothing is read there. */
  readonly isUnplanned: boolean;
}

const CALLS: Partial<Record<Step, Verb>> = { prepare: 'prepare', pause: 'pause', drain: 'drain', flip: 'flip', resume: 'resume', 'undo-calls': 'abort' };

const ORDER: readonly Step[] = ['prepare', 'foreign', 'intent', 'check', 'pause', 'drain', 'commit', 'read', 'copy', 'flip', 'resume', 'end'];
/** What follows when a step fails. */
const UNDO: Partial<Record<Step, readonly Step[]>> = {
  prepare: ['undo-calls'],
  foreign: ['undo-intent', 'undo-calls'],
  intent: ['undo-intent', 'undo-calls'],
  check: ['undo-intent', 'undo-calls'],
  pause: ['undo-calls', 'undo-intent'],
  drain: ['undo-calls', 'undo-intent'],
  commit: ['undo-commit', 'undo-calls'],
  read: ['undo-commit', 'undo-calls'],
};

export function runOf(state: ModelState, id: RunName): RunState {
  const run = state.runs[id];
  if (run === undefined) throw new Error(`no run ${id}`);
  return run;
}

export function verbOf(run: RunState): Verb | undefined {
  return CALLS[run.step];
}

/** What the checks ask for before a plan is made: every node that it knows serves, and they agree. false: it does not start. */
export function startRun(state: ModelState, id: RunName, plan: RunPlan): boolean {
  const nodes = plan.nodes.map((name) => nodeOf(state, name));
  const [first] = nodes;
  if (first === undefined || nodes.some((node) => node.life !== 'up' || node.lost || node.phase === 'flipped' || node.gen !== first.gen || node.active !== first.active)) return false;
  const logs = logsSeenBy(state, id);
  const to: Cluster = first.active === 'main' ? 'failover' : 'main';
  if (logs.get(to) === undefined || (!plan.isUnplanned && logs.get(first.active) === undefined)) return false;
  Object.assign(runOf(state, id), { step: 'prepare', from: first.active, to, basis: first.gen, gen: nextGeneration(logs, first.gen), todo: [...plan.nodes] });
  return true;
}

/** The step is done, or has failed. */
export function proceed(run: RunState, plan: RunPlan, without: Without): void {
  if (run.failed && !['flip', 'resume', 'undo-calls'].includes(run.step)) {
    run.undo = [...(UNDO[run.step] ?? [])];
    run.step = run.undo.shift() ?? 'end';
  } else {
    const skipped: readonly Step[] = [
      ...(plan.isUnplanned ? (['foreign', 'intent', 'check', 'copy'] as const) : []),
      ...(without.has('intent-record') ? (['intent'] as const) : []),
      ...(without.has('drains-first') ? (['drain'] as const) : []),
    ];
    const next = run.step.startsWith('undo') ? run.undo.shift() : ORDER.slice(ORDER.indexOf(run.step) + 1).find((step) => !skipped.includes(step));
    run.step = next ?? 'end';
  }
  run.failed = false;
  run.todo = verbOf(run) === undefined ? [] : [...plan.nodes];
}

/** A step that talks to the logs. What it could not do is left to whoever finds it: `stuck`. */
export function actOnLogs(state: ModelState, id: RunName, plan: RunPlan, without: Without): void {
  const run = runOf(state, id);
  const { from, to, gen, step } = run;
  const logs = logsSeenBy(state, id);
  const [source, target] = [logs.get(from), logs.get(to)];
  const done = (isDone: boolean): void => {
    run.failed = !isDone;
    proceed(run, plan, without);
  };
  if (step === 'foreign') {
    if (source === undefined || target === undefined) return done(false);
    const foreign = openIntent(logs, { active: from, generation: run.basis });
    if (foreign === undefined || foreign.runId === id) return done(true);
    const decision = decideNow(state, 'abort', foreign.generation, from, to, foreign.runId as RunName);
    if (decision === 'abort') state.logs[from].push(`abort ${foreign.generation} ${from} ${to} ${foreign.runId}`);
    return done(decision === 'abort');
  }
  if (step === 'check') {
    if (source === undefined) return done(false);
    const rival = firstIntent(state, from, gen);
    const strangers = [...joinedNodes(source)].filter((name) => !plan.nodes.includes(name as NodeName));
    return done((rival === undefined || rival.runId === id) && (strangers.length === 0 || without.has('reads-joins')));
  }
  if (step === 'read') {
    const decision = target === undefined ? undefined : decisionOn(without.has('first-decides') ? target.toReversed() : target, to, gen);
    return done(decision?.kind === 'commit' && decision.runId === id);
  }
  if (step === 'copy') {
    if (source !== undefined) state.logs[from].push(`commit ${gen} ${from} ${to} ${id}`);
    return done(true);
  }
  if (step === 'undo-commit' || step === 'undo-intent') {
    const first = source === undefined ? undefined : firstIntent(state, from, gen);
    const isLoser = first !== undefined && first.runId !== id;
    if (step === 'undo-intent' && isLoser && !without.has('loser-leaves')) return done(true);
    if (target !== undefined) {
      if (decideNow(state, 'abort', gen, from, to, id) === 'commit') return stuck(run);
      if (source !== undefined) state.logs[from].push(`abort ${gen} ${from} ${to} ${id}`);
      return done(true);
    }
    if (run.hasCommitted || source === undefined) return stuck(run);
    // Nobody else commits a generation that this run was the first to announce.
    if (first?.runId === id || without.has('loser-leaves')) state.logs[from].push(`abort ${gen} ${from} ${to} ${id}`);
    return done(true);
  }
}

function stuck(run: RunState): void {
  Object.assign(run, { step: 'end', undo: [], todo: [], failed: false });
}

function firstIntent(state: ModelState, cluster: Cluster, gen: number): Intent | undefined {
  return recordsOf(state.logs[cluster]).find((record): record is Intent => record.kind === 'intent' && record.generation === gen);
}
