import type { Observation } from '../checks/observation.ts';
import { nodesWithout } from '../shared/gateway-driver.ts';
import type { Plan } from './plan.ts';
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
      ...(canTakeOver === true ? [{ kind: 'retire-replication', from } as const] : []),
      { kind: 'prove-switch', gateways: nodes.map(({ name }) => name), from, timeoutMs: deadlines.proveSwitchMs },
    ],
  };
}
