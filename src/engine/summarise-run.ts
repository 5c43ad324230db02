import type { CheckReport } from '../checks/check.ts';
import type { Loss } from '../checks/loss.ts';
import type { Plan, StepKind, UnplannedTerms } from '../plan/plan.ts';
import type { StepEvidence } from '../steps/step.ts';
import type { JournalRead } from './read-journals.ts';
import type { RunEvent, RunOutcome } from './run-event.ts';
import { groupsOf, nodesOf, tailOf, type GroupsSummary, type NodeSummary, type TailSummary } from './summarise-evidence.ts';

/** What a run was, by its journal. */
export interface RunSummary {
  readonly name: string;
  readonly runId: string;
  /** ISO 8601. */
  readonly at: string;
  readonly by: string;
  readonly from: string;
  readonly to: string;
  readonly generation: number;
  /** 'interrupted': the process was gone before it could say how it ended; the nodes went where the log of the switch says. */
  readonly outcome: RunOutcome | 'interrupted';
  /** The commit was written: the new cluster is active, whatever came after it. */
  readonly hasSwitched: boolean;
  readonly message: string;
  /** Until its end, or the last sign of it. */
  readonly durationMs: number;
  /** How long a producer can have waited; undefined when nothing was held. */
  readonly writePauseMs: number | undefined;
  readonly nodes: readonly NodeSummary[];
  /** Undefined where the run did not come so far. */
  readonly groups: GroupsSummary | undefined;
  readonly tail: TailSummary | undefined;
  readonly checks: readonly CheckReport[];
  readonly steps: readonly StepSummary[];
  readonly problem: string | undefined;
  /** Promises that did not hold for it; none for nodes of the built-in gateway. */
  readonly unkept: readonly string[];
  /** Of an unplanned switch: what was consented to, and what was lost in the end, if it came to that. */
  readonly unplanned: UnplannedTerms | undefined;
}

export interface StepSummary {
  readonly kind: StepKind;
  readonly text: string;
  readonly startedAtMs: number;
  readonly durationMs: number | undefined;
  readonly limitMs: number | undefined;
  readonly outcome: 'done' | 'failed' | 'undone' | 'interrupted';
  readonly notes: readonly string[];
  readonly message: string | undefined;
  readonly evidence: StepEvidence;
}

/** undefined when the journal does not even say what was planned. */
export function summariseRun({ name, events, problem }: JournalRead): RunSummary | undefined {
  const [started] = events;
  if (started?.type !== 'run-started' || !isReadable(started.plan)) return undefined;
  const { runId, at, by = 'unknown', plan, checks = [] } = started;
  const ended = events.findLast((event) => event.type === 'run-ended');
  const last = events.at(-1);
  const lastMs = last === undefined || last.type === 'run-started' ? 0 : last.atMs;
  const pause = pauseOf(plan, events);
  const steps = plan.steps.flatMap((step, index) => stepOf(step.kind, events.filter((event) => 'index' in event && event.index === index)));
  return {
    name,
    runId,
    at,
    by,
    from: plan.from,
    to: plan.to,
    generation: plan.generation,
    outcome: ended?.outcome ?? 'interrupted',
    hasSwitched: hasSwitched(plan, steps),
    message: ended?.message ?? (plan.unkept === undefined ? 'the run was killed; the nodes went where the log of the switch says' : 'the run was killed; each node serves what its last call said: `gwctl status` shows it'),
    durationMs: lastMs,
    writePauseMs: pause === undefined ? undefined : pause.toMs - pause.fromMs,
    nodes: nodesOf(plan, steps, pause),
    groups: groupsOf(steps),
    tail: tailOf(steps),
    checks,
    steps,
    problem,
    unkept: plan.unkept ?? [],
    unplanned: termsOf(plan, events),
  };
}

function hasSwitched(plan: Plan, steps: readonly StepSummary[]): boolean {
  if (steps.some(({ kind, outcome }) => outcome === 'done' && (kind === 'commit-switch' || kind === 'flip-gateways'))) return true;
  const calls = plan.steps.filter(({ kind }) => kind === 'switch-node').length;
  return calls > 0 && steps.filter(({ kind, outcome }) => kind === 'switch-node' && outcome === 'done').length === calls;
}

/** Somebody may have edited the file, and an older gwctl does not know what a newer one plans. */
function isReadable(plan: Partial<Plan> | undefined): boolean {
  return typeof plan === 'object' && plan !== null && typeof plan.from === 'string' && typeof plan.to === 'string' && Array.isArray(plan.steps);
}

/** From the first held write to the last that was let pass, or given back; undefined when that did not happen, or is not known. */
function pauseOf(plan: Plan, events: readonly RunEvent[]): { readonly fromMs: number; readonly toMs: number } | undefined {
  const isOf = (kind: StepKind, event: RunEvent, type: RunEvent['type']): boolean => event.type === type && 'index' in event && plan.steps[event.index]?.kind === kind;
  const held = events.find((event) => isOf('pause-gateways', event, 'step-started'));
  const released = events.find((event) => isOf('resume-gateways', event, 'step-done') || isOf('pause-gateways', event, 'step-undone'));
  return held !== undefined && 'atMs' in held && released !== undefined && 'atMs' in released ? { fromMs: held.atMs, toMs: released.atMs } : undefined;
}

function termsOf({ unplanned, steps }: Plan, events: readonly RunEvent[]): UnplannedTerms | undefined {
  const confirmed = events.find((event) => event.type === 'step-done' && steps[event.index]?.kind === 'confirm-loss');
  if (unplanned === undefined || confirmed?.type !== 'step-done') return unplanned;
  return { ...unplanned, loss: confirmed.evidence['loss'] as Loss };
}

/** Nothing for a step that was not reached. */
function stepOf(kind: StepKind, events: readonly RunEvent[]): StepSummary[] {
  const started = events.find((event) => event.type === 'step-started');
  if (started === undefined) return [];
  const done = events.find((event) => event.type === 'step-done');
  const failed = events.find((event) => event.type === 'step-failed');
  const isUndone = events.some((event) => event.type === 'step-undone');
  return [
    {
      kind,
      text: started.text,
      startedAtMs: started.atMs,
      durationMs: done?.durationMs ?? (failed === undefined ? undefined : failed.atMs - started.atMs),
      limitMs: started.limitMs,
      outcome: failed !== undefined ? 'failed' : isUndone ? 'undone' : done === undefined ? 'interrupted' : 'done',
      notes: events.flatMap((event) => (event.type === 'step-noted' ? [event.text] : [])),
      message: failed?.message,
      evidence: done?.evidence ?? {},
    },
  ];
}
