import { planSwitch } from '../../src/plan/plan-switch.ts';
import { planUnplanned } from '../../src/plan/plan-unplanned.ts';
import type { StepKind } from '../../src/plan/plan.ts';
import { observation } from './observation.ts';

const SEEN = observation({ canTakeOver: true, replicator: { ok: true, value: { connectors: [], lastHeartbeat: undefined, isExactlyOnce: true } } });

/** Every step of a planned switch where gwctl has MirrorMaker's process, in order: by the planner itself, so that no boundary is forgotten. */
export const SWITCH_STEPS: readonly StepKind[] = planSwitch({ to: 'failover', expectActive: undefined }, SEEN).steps.map(({ kind }) => kind);

/** The same of an unplanned one. */
export const UNPLANNED_STEPS: readonly StepKind[] = planUnplanned(
  { to: 'failover', expectActive: undefined, budget: {} },
  { seen: SEEN, loss: { topics: [], records: 0, bytes: 0, seconds: 0, isExact: true, unknown: [], notMirrored: [] }, source: { ok: false, why: 'main is dead' }, withoutNodes: [], answering: [] },
).steps.map(({ kind }) => kind);
