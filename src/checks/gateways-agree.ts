import { nodesWithout } from '../shared/gateway-driver.ts';
import { isMisconfigured } from '../shared/errors.ts';
import { fail, pass, some, warn, type Check } from './check.ts';

/** A node that nobody asked would go on writing to the cluster that is left (hazard H12). */
export const gatewaysAgree: Check = {
  id: 'gateways-agree',
  title: 'every gateway node answers, on one cluster and generation',
  run: ({ nodes, at, topology }) => {
    const silent = nodes.flatMap(({ name, state }) => (state.ok ? [] : [{ name, ...state }]));
    if (silent.length > 0) {
      const hinted = silent.find(({ code, hint }) => code !== undefined && isMisconfigured(code) && hint !== undefined) ?? silent.find(({ hint }) => hint !== undefined);
      return fail(some(silent.map(({ name, why }) => `${name}: ${why}`)), hinted?.hint ?? 'start the node, or take it out of gateways in gwctl.yaml if it is gone for good');
    }
    const states = nodes.flatMap(({ state }) => (state.ok ? [state.value] : []));
    const seenOnly = nodesWithout('tellsState', topology.gateways);
    const told = states.filter(({ node }) => !seenOnly.includes(node));
    const views = new Set(told.map(({ active, generation }) => `${active} (generation ${generation})`));
    const list = states.map(({ node, active, generation, phase }) => (seenOnly.includes(node) ? `${node}: ${active}, by a record through it` : `${node}: ${active}, generation ${generation}, ${phase}`));
    if (views.size < 2 && new Set(states.map(({ active }) => active)).size > 1) return warn(`the nodes serve different clusters: ${list.join('; ')}`, 'a run died between two calls, or somebody switched a single node: gwctl failover --to CLUSTER switches the rest');
    if (views.size > 1) {
      return fail(`the nodes disagree: ${list.join('; ')}`, 'switch the nodes that are behind with their own API call, POST /admin/pclusters/v1/pcluster/{from}/switch?to={to}');
    }
    const busy = states.filter(({ phase }) => phase !== 'serving');
    const held = busy.find(({ run }) => run !== null && Date.parse(run.leaseUntil) > at.getTime());
    if (held !== undefined) return fail(`${held.node} is ${held.phase} for run ${held.run?.runId ?? '?'}`, `wait for that run; its lease ends at ${held.run?.leaseUntil ?? '?'}`);
    const flipped = busy.find(({ phase }) => phase === 'flipped');
    if (flipped !== undefined) return fail(`${flipped.node} was switched by run ${flipped.run?.runId ?? '?'} and never resumed`, 'restart the node: it comes back serving the cluster that it was switched to');
    if (busy.length > 0) return warn(list.join('; '), 'a run died here before it switched anything: the next one takes over');
    return pass(list.join('; '));
  },
};
