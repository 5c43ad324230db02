import type { CheckReport } from '../checks/check.ts';
import { observeUnplanned, type UnplannedView } from '../checks/observe-unplanned.ts';
import type { World } from '../checks/observe-world.ts';
import { runUnplannedChecks } from '../checks/unplanned-checks.ts';
import { planUnplanned, type UnplannedRequest } from '../plan/plan-unplanned.ts';
import type { Plan } from '../plan/plan.ts';
import type { Clock } from '../ports/clock.ts';
import { clusterNamed } from '../topology/lookup.ts';

export interface UnplannedPreview {
  readonly view: UnplannedView;
  readonly plan: Plan;
  readonly checks: readonly CheckReport[];
  readonly isNoOp: boolean;
  readonly isReady: boolean;
}

/** What is known before anything is changed, without waiting for the source. `isAsked`: a person will be shown the loss. Throws as previewSwitchOver does. */
export async function previewUnplanned(request: UnplannedRequest & { readonly withoutNodes: readonly string[]; readonly isAsked: boolean }, world: World, clock: Clock): Promise<UnplannedPreview> {
  clusterNamed(world.topology, request.to);
  const view = await observeUnplanned(world, request.to, request.withoutNodes, () => clock.now());
  const plan = planUnplanned(request, view);
  const checks = runUnplannedChecks(view, request.budget, request.isAsked);
  return { view, plan, checks, isNoOp: plan.steps.length === 0, isReady: checks.every(({ status }) => status !== 'fail') };
}
