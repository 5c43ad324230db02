import { counted } from '../shared/counted.ts';
import { fail, pass, skip, some, type Check } from './check.ts';

/** A switch is proven by records that go the way of every client: where that is shut for gwctl, it would only be found out behind the switch. */
export const gatewaysReachable: Check = {
  id: 'gateways-reachable',
  title: 'gwctl reaches the ports of every node that clients use',
  run: ({ details }) => {
    const reached = details?.reached;
    if (reached === undefined) return skip('it was not looked at');
    const shut = reached.flatMap(({ name, seen }) => (seen.ok ? [] : [{ name, ...seen }]));
    if (shut.length === 0) return pass(`${counted(reached.length, 'node')}, every port`);
    return fail(some(shut.map(({ name, why }) => `${name}: ${why}`)), shut.find(({ hint }) => hint !== undefined)?.hint ?? 'look at the node, and at what is between it and this machine');
  },
};
