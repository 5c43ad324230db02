import { planSwitch } from '../../src/plan/plan-switch.ts';
import type { StepKind } from '../../src/plan/plan.ts';
import { observation } from './observation.ts';

/** Every step of a planned switch where gwctl has MirrorMaker's process, in order: by the planner itself, so that no boundary is forgotten. */
export const SWITCH_STEPS: readonly StepKind[] = planSwitch(
  { to: 'failover', expectActive: undefined },
  observation({ canTakeOver: true, replicator: { ok: true, value: { connectors: [], lastHeartbeat: undefined, isExactlyOnce: true } } }),
).steps.map(({ kind }) => kind);
