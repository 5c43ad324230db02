import type { Observation } from '../checks/observation.ts';
import { nodesWithout } from '../shared/gateway-driver.ts';
import type { Plan, PlannedStep } from './plan.ts';
import { unkeptPromises } from './unkept-promises.ts';

/**
 * Pure. The way of nodes that take no orders of a run: one call after the other, each proven before the next, and only those that are not there
 * already. Nothing is held, so what comes to the old cluster meanwhile is waited for behind the last call.
 */
export function planNodeByNode(to: string, from: string, generation: number, { nodes, topology, canTakeOver }: Observation): Plan {
  const { deadlines } = topology.failover;
  const left = nodes.filter(({ state }) => !state.ok || state.value.active !== to).map(({ name }) => name);
  const basis = { active: from, generation };
  if (left.length === 0) return { to, from, basis, generation, steps: [] };
  return {
    to,
    from,
    basis,
    generation,
    unkept: unkeptPromises({ from, to, weak: nodesWithout('takesOrders', topology.gateways), all: nodes.map(({ name }) => name) }),
    steps: [
      ...left.map((gateway) => ({ kind: 'switch-node', gateway, from, timeoutMs: deadlines.proveSwitchMs }) as const),
      { kind: 'await-tail', from, timeoutMs: deadlines.takeOverMs },
      ...(canTakeOver === true ? [{ kind: 'retire-replication', from, timeoutMs: deadlines.retireMs } as const] : []),
      { kind: 'prove-switch', gateways: nodes.map(({ name }) => name), from, timeoutMs: deadlines.proveSwitchMs },
    ],
  };
}

/** The same when the old cluster is gone: nothing is waited for there, and no node is called back to it. */
export function unplannedNodeByNode(planned: Plan, withoutNodes: readonly string[]): Plan {
  const { from, to, unkept = [] } = planned;
  const steps = planned.steps.flatMap((step): readonly PlannedStep[] => {
    switch (step.kind) {
      case 'await-tail': return [];
      case 'switch-node':
      case 'prove-switch': return [{ ...step, isSourceGone: true }];
      default: return [step];
    }
  });
  const more = [
    `nobody knows what is lost: the nodes do not remember what they acknowledged, and MirrorMaker may still bring records of ${from} behind newer ones`,
    `a node that fails is not waited for, and those that were switched stay on ${to}: there is nothing to go back to`,
    ...(withoutNodes.length === 0 ? [] : [`${withoutNodes.join(', ')} does not stop by itself: it goes on with ${from} as soon as that can be reached`]),
  ];
  return { ...planned, steps, unkept: [...unkept.filter((line) => !line.startsWith('if a call fails')), ...more] };
}
