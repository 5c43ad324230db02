import { nodesWithout } from '../shared/gateway-driver.ts';
import { pass, warn, type Check } from './check.ts';

/** Nodes that cannot hold writes make another, weaker switch, and nobody should find that out afterwards. */
export const switchPromises: Check = {
  id: 'switch-promises',
  title: 'the nodes can hold writes and switch together, so that nothing is lost, doubled or out of order',
  run: ({ topology }) => {
    const weak = nodesWithout('takesOrders', topology.gateways);
    if (weak.length === 0) return pass('every node takes part in the decision');
    return warn(`${weak.join(', ')} ${weak.length === 1 ? 'knows' : 'know'} only the call that switches one node: all nodes are switched one after the other, and no write is held`, 'the plan says which promises do not hold: gwctl failover --dry-run');
  },
};
