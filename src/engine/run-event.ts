import type { CheckReport } from '../checks/check.ts';
import type { Plan } from '../plan/plan.ts';
import type { Phase } from '../shared/admin-api.ts';
import type { StepEvidence } from '../steps/step.ts';

/**
 * Everything that happens in a run, in order. The same events feed the journal, the terminal and `-o json`; nothing flows back. `atMs` counts from
 * the start of the run.
 */
export type RunEvent =
  | { readonly type: 'run-started'; readonly schema: 1; readonly at: string; readonly runId: string; readonly by?: string; readonly plan: Plan; readonly checks?: readonly CheckReport[] }
  /** `limitMs`: the deadline of the step, counted from `atMs`. */
  | { readonly type: 'step-started'; readonly atMs: number; readonly index: number; readonly text: string; readonly limitMs?: number }
  | { readonly type: 'step-noted'; readonly atMs: number; readonly index: number; readonly text: string }
  | { readonly type: 'step-done'; readonly atMs: number; readonly index: number; readonly durationMs: number; readonly evidence: StepEvidence }
  | { readonly type: 'step-failed'; readonly atMs: number; readonly index: number; readonly message: string }
  | { readonly type: 'step-undone'; readonly atMs: number; readonly index: number; readonly evidence?: StepEvidence }
  | { readonly type: 'undo-failed'; readonly atMs: number; readonly index: number; readonly message: string }
  | { readonly type: 'run-ended'; readonly atMs: number; readonly outcome: RunOutcome; readonly message: string };

/** 'switched' and 'unproven' are past the flip; 'stuck' is between two clusters, or paused. */
export type RunOutcome = 'switched' | 'refused' | 'rolled-back' | 'stuck' | 'unproven';

export type RunListener = (event: RunEvent) => void | Promise<void>;

/** What the nodes of a run say of themselves, whenever that changes. For those who watch: it is not in the journal. */
export interface NodesSeen {
  readonly type: 'nodes-seen';
  readonly atMs: number;
  readonly nodes: readonly NodeSight[];
}

/** 'silent': it did not answer in time. */
export type NodeSight =
  | { readonly node: string; readonly phase: Phase; readonly active: string; readonly generation: number; readonly connections: number; readonly heldWrites: number; readonly inFlightWrites: number }
  | { readonly node: string; readonly phase: 'silent' };
