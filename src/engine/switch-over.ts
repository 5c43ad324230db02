import { PLANNED_CHECKS } from '../checks/all-checks.ts';
import { runChecks, type CheckReport } from '../checks/check.ts';
import type { Observation } from '../checks/observation.ts';
import { observeWorld, type World } from '../checks/observe-world.ts';
import type { Plan } from '../plan/plan.ts';
import { planSwitch } from '../plan/plan-switch.ts';
import type { Canary } from '../ports/canary.ts';
import type { Clock } from '../ports/clock.ts';
import { parseTakeoverHold } from '../shared/takeover-hold.ts';
import { clusterNamed } from '../topology/lookup.ts';
import { STEPS } from '../steps/step-registry.ts';
import type { RunListener } from './run-event.ts';
import { runPlan, type RunResult } from './run-plan.ts';

export interface SwitchOverRequest {
  readonly to: string;
  readonly expectActive?: string | undefined;
  /** Goes on with a replication that an interrupted run took over. */
  readonly resumesTakeover?: boolean;
}

/** What is known before anything is changed. */
export interface SwitchOverPreview {
  readonly seen: Observation;
  readonly plan: Plan;
  readonly checks: readonly CheckReport[];
  /** Nothing to do: the cluster is active already, on every node. */
  readonly isNoOp: boolean;
  readonly isReady: boolean;
}

/** Looks, plans and checks; changes nothing. Throws USAGE for an unknown cluster, NOT_AS_EXPECTED when another one is active than expected. */
export async function previewSwitchOver(request: SwitchOverRequest, world: World, clock: Clock): Promise<SwitchOverPreview> {
  clusterNamed(world.topology, request.to);
  const observed = await observeWorld(world, request.to, clock);
  const resumesTakeover = request.resumesTakeover === true && observed.replicatorHeld !== undefined && parseTakeoverHold(observed.replicatorHeld) !== undefined;
  const seen = resumesTakeover ? { ...observed, resumesTakeover } : observed;
  const plan = planSwitch({ to: request.to, expectActive: request.expectActive }, seen);
  const checks = runChecks(PLANNED_CHECKS, seen);
  return { seen, plan, checks, isNoOp: plan.steps.length === 0, isReady: checks.every(({ status }) => status !== 'fail') };
}

export interface SwitchOverRun {
  readonly runId: string;
  readonly plan: Plan;
  readonly checks?: readonly CheckReport[] | undefined;
  readonly world: World;
  readonly canary: Canary;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly listeners: readonly RunListener[];
}

/** Runs a plan that was previewed. How it ended is the answer; it does not throw. */
export async function runSwitchOver(run: SwitchOverRun): Promise<RunResult> {
  return await runPlan({ ...run, steps: STEPS });
}

/** Sortable by time, and short enough to be read out over the phone. */
export function newRunId(now: Date, random: () => number = Math.random): string {
  const stamp = now.toISOString().replaceAll(/[-:]/g, '').slice(0, 15);
  return `${stamp}-${Math.floor(random() * 36 ** 4).toString(36).padStart(4, '0')}`;
}
