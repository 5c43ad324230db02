import type { RunEvent } from '../engine/run-event.ts';
import type { DrillStepKind } from './scenario-schema.ts';

/** What happens in a drill, in order; reports are made of it, nothing flows back. `number` counts a scenario's steps from 1. */
export type DrillEvent =
  | { readonly type: 'scenario-started'; readonly name: string; readonly file: string; readonly steps: number }
  | { readonly type: 'step-started'; readonly number: number; readonly steps: number; readonly name: string; readonly kind: DrillStepKind }
  | { readonly type: 'step-noted'; readonly number: number; readonly text: string }
  | { readonly type: 'run-event'; readonly number: number; readonly event: RunEvent }
  | { readonly type: 'step-ended'; readonly number: number; readonly report: StepReport }
  | { readonly type: 'scenario-ended'; readonly report: ScenarioReport };

export type DrillListener = (event: DrillEvent) => void;

export interface StepReport {
  readonly name: string;
  readonly kind: DrillStepKind;
  readonly status: 'passed' | 'failed' | 'skipped';
  /** Since the start of the scenario. */
  readonly atMs: number;
  readonly durationMs: number;
  /** What was seen; of a failed step what went wrong. */
  readonly seen: string;
  readonly expected?: string;
  readonly details: readonly string[];
  readonly evidence: Readonly<Record<string, unknown>>;
}

export interface ScenarioReport {
  readonly name: string;
  readonly file: string;
  readonly description: string;
  readonly startedAt: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  /** A gateway served another cluster than before at some time. */
  readonly hasSwitched: boolean;
  readonly durationMs: number;
  readonly steps: readonly StepReport[];
}
