import type { RunPlan } from './model-run.ts';
import type { NodeName } from './model-state.ts';
import type { Scenario } from './switch-model.ts';

/** GWCTL_MODEL_DEPTH: that many failures of each kind; from 2 on it takes long. */
const DEPTH = Number(process.env['GWCTL_MODEL_DEPTH'] ?? 1);
export const MAX_STATES = DEPTH > 1 ? 16_000_000 : 200_000;
export const TIMEOUT_MS = DEPTH > 1 ? 7_200_000 : 120_000;

const planned = (...nodes: readonly NodeName[]): RunPlan => ({ nodes, isUnplanned: false });
const unplanned = (...nodes: readonly NodeName[]): RunPlan => ({ nodes, isUnplanned: true });

/** Leases may end at any moment in all of them. */
export const SCENARIOS = {
  'one run; a node, gwctl and a call may fail': { nodes: ['A', 'B'], runs: { r1: planned('A', 'B') }, failures: { nodeCrash: DEPTH, gwctlCrash: DEPTH, lost: DEPTH } },
  'one run; a call or a record may come late': { nodes: ['A', 'B'], runs: { r1: planned('A', 'B') }, failures: { gwctlCrash: DEPTH, late: DEPTH } },
  'one run; a log may be out of sight, a node and gwctl may crash': { nodes: ['A'], runs: { r1: planned('A') }, failures: { nodeCrash: DEPTH, gwctlCrash: DEPTH, blind: 1 + DEPTH } },
  'a node that nobody listed starts in the middle': { nodes: ['A', 'B'], joiner: 'C', runs: { r1: planned('A', 'B') }, failures: { gwctlCrash: DEPTH } },
  'two runs, there and back, past a node that nobody listed': { nodes: ['A'], joiner: 'C', runs: { r1: planned('A'), r2: planned('A') }, failures: {} },
  'two runs at once; the target may be out of sight': {
    nodes: ['A'],
    runs: { r1: planned('A'), r2: planned('A') },
    failures: { blind: 2 },
    mayLoseSight: ['A:failover', 'r1:failover'],
  },
  'two runs at once; gwctl and a node may crash': { nodes: ['A'], runs: { r1: planned('A'), r2: planned('A') }, failures: { gwctlCrash: DEPTH, nodeCrash: DEPTH } },
  'an unplanned switch without one of the nodes': {
    nodes: ['A', 'B'],
    runs: { r1: unplanned('B') },
    failures: { gwctlCrash: DEPTH, nodeCrash: DEPTH, blind: DEPTH },
    mayLoseSight: ['A:failover', 'B:failover'],
  },
  'an unplanned switch while a node starts': { nodes: ['A', 'B'], joiner: 'C', runs: { r1: unplanned('B') }, failures: { blind: DEPTH }, mayLoseSight: ['A:failover', 'C:failover'] },
  'a planned switch, and an unplanned one that overtakes it': { nodes: ['A', 'B'], runs: { r1: planned('A', 'B'), r2: unplanned('B') }, failures: { lost: DEPTH - 1 } },
} as const satisfies Readonly<Record<string, Scenario>>;

/** What `npm test` has time for; all of them with GWCTL_MODEL_DEPTH=1 or more. */
export const SEARCHED = Object.entries<Scenario>(SCENARIOS).filter(([name]) => process.env['GWCTL_MODEL_DEPTH'] !== undefined || name !== 'a planned switch, and an unplanned one that overtakes it');
