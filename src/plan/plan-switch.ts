import { nodesWithout } from '../shared/gateway-driver.ts';
import { nextGeneration } from '../arbiter/state-rules.ts';
import { noActiveCluster } from '../checks/no-active-cluster.ts';
import type { Observation } from '../checks/observation.ts';
import { GwctlError } from '../shared/errors.ts';
import { planNodeByNode } from './plan-node-by-node.ts';
import type { Plan, PlannedStep } from './plan.ts';

export interface SwitchRequest {
  readonly to: string;
  /** Refuse when another cluster is active than the caller believes. */
  readonly expectActive: string | undefined;
}

/**
 * Pure: the same request and observation give the same plan. A switch to the active cluster is a plan without steps. Throws
 * NOT_AS_EXPECTED when the world is not what the caller said.
 */
export function planSwitch(request: SwitchRequest, seen: Observation): Plan {
  const { active, generation } = seen;
  if (active === undefined || generation === undefined) {
    throw noActiveCluster(seen.nodes.map(({ name, state }) => (state.ok ? { name, why: 'answers' } : { name, ...state })));
  }
  if (request.expectActive !== undefined && request.expectActive !== active) {
    throw new GwctlError('NOT_AS_EXPECTED', `${active} is active, expected ${request.expectActive}: nothing was changed`, {
      hint: 'look at `gwctl status`; somebody may have switched already',
      details: { active, expected: request.expectActive },
    });
  }
  const basis = { active, generation };
  if (nodesWithout('takesOrders', seen.topology.gateways).length > 0) return planNodeByNode(request.to, active, generation, seen);
  const next = nextGeneration(new Map([...seen.stateLogs].map(([name, log]) => [name, log.ok ? log.value : undefined])), generation);
  const gateways = seen.nodes.map(({ name }) => name);
  // Nodes that disagree are a matter for the checks, not a reason to call it done.
  const agreed = seen.nodes.every(({ state }) => state.ok && state.value.active === active && state.value.phase === 'serving');
  if (active === request.to && agreed) return { to: request.to, from: active, basis, generation, steps: [] };
  const { deadlines } = seen.topology.failover;
  const obstacle = takeoverObstacle(seen);
  const takeOver: readonly PlannedStep[] = obstacle === undefined ? [{ kind: 'take-over-replication', gateways, from: active, timeoutMs: deadlines.takeOverMs }] : [];
  const align: readonly PlannedStep[] = seen.topology.failover.alignLeaders ? [{ kind: 'align-leaders', from: active, timeoutMs: deadlines.alignLeadersMs }] : [];
  const retire: readonly PlannedStep[] = seen.canTakeOver === true ? [{ kind: 'retire-replication', from: active, timeoutMs: deadlines.retireMs }] : [];
  return {
    to: request.to,
    from: active,
    basis,
    generation: next,
    steps: [
      { kind: 'translate-groups', timeoutMs: deadlines.translateGroupsMs },
      { kind: 'prepare-gateways', gateways, timeoutMs: deadlines.prepareMs },
      { kind: 'declare-intent', gateways, timeoutMs: deadlines.intentMs },
      ...align,
      ...takeOver,
      { kind: 'drain-groups', gateways, timeoutMs: deadlines.drainGroupsMs },
      { kind: 'pause-gateways', gateways, timeoutMs: deadlines.pauseMs },
      { kind: 'drain-gateways', gateways, timeoutMs: deadlines.drainMs },
      { kind: 'prove-tail', from: active, timeoutMs: deadlines.proveTailMs, ...(obstacle === undefined ? {} : { waitsBecause: obstacle }) },
      { kind: 'move-groups', from: active, timeoutMs: deadlines.moveGroupsMs },
      { kind: 'commit-switch', timeoutMs: deadlines.commitMs },
      { kind: 'flip-gateways', gateways, timeoutMs: deadlines.flipMs },
      { kind: 'resume-gateways', gateways, timeoutMs: deadlines.resumeMs },
      ...retire,
      { kind: 'prove-switch', gateways, from: active, timeoutMs: deadlines.proveSwitchMs },
    ],
  };
}

/** Why MirrorMaker itself has to bring the last records, while clients wait; undefined: gwctl can. */
function takeoverObstacle({ canTakeOver, replicator }: Observation): string | undefined {
  if (canTakeOver !== true) return 'its process is not in the hands of gwctl';
  if (replicator?.ok !== true || replicator.value.isExactlyOnce !== true) return 'it does not copy in transactions';
  return undefined;
}
