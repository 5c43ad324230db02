import type { LossBudget } from '../checks/loss-budget.ts';
import type { UnplannedView } from '../checks/observe-unplanned.ts';
import { nodesWithout } from '../shared/gateway-driver.ts';
import { GwctlError } from '../shared/errors.ts';
import { planSwitch, type SwitchRequest } from './plan-switch.ts';
import type { Plan } from './plan.ts';

export interface UnplannedRequest extends SwitchRequest {
  readonly budget: LossBudget;
}

/**
 * Pure. The way of a switch whose source is not asked for anything: nothing is waited for there, nothing is copied, and what is lost is
 * reckoned again once nothing can be acknowledged or copied any more. Throws as planSwitch does.
 */
export function planUnplanned(request: UnplannedRequest, { seen, loss, withoutNodes }: UnplannedView): Plan {
  const strangers = withoutNodes.filter((name) => !seen.topology.gateways.some((node) => node.name === name));
  if (strangers.length > 0) throw new GwctlError('USAGE', `--without-node: "${strangers.join('", "')}" is no gateway node (there are ${seen.topology.gateways.map(({ name }) => name).join(', ')})`);
  const planned = planSwitch(request, seen);
  if (planned.steps.length === 0) return planned;
  const weak = nodesWithout('takesOrders', seen.topology.gateways);
  if (weak.length > 0) throw new GwctlError('USAGE', `--mode unplanned: ${weak.join(', ')} (driver conduktor) cannot cut clients off from ${planned.from}, and did not remember what was acknowledged`, { hint: 'call each node yourself: POST /admin/pclusters/v1/pcluster/{from}/switch?to={to}' });
  const { to, from, basis, generation } = planned;
  const gateways = seen.nodes.map(({ name }) => name);
  return {
    to,
    from,
    basis,
    generation,
    unplanned: { withoutNodes, loss, budget: request.budget },
    steps: [
      { kind: 'prepare-gateways', gateways },
      { kind: 'fence-source', from },
      { kind: 'pause-gateways', gateways },
      { kind: 'cut-gateways', gateways, from },
      { kind: 'confirm-loss', gateways, from },
      { kind: 'commit-switch' },
      { kind: 'flip-gateways', gateways },
      { kind: 'resume-gateways', gateways },
      // A source that comes back must not go on where it was: its records are lost until somebody salvages them.
      ...(seen.canTakeOver === true ? [{ kind: 'retire-replication', from, timeoutMs: seen.topology.failover.deadlines.retireMs } as const] : []),
      { kind: 'prove-switch', gateways, from, isSourceGone: true },
    ],
  };
}
