import { fail, pass, skip, some, type Check } from './check.ts';
import { counted } from '../shared/counted.ts';

/** A broker without a port on a gateway node cannot be reached by any client (hazard H9). */
export const nodeIdsFitPorts: Check = {
  id: 'node-ids-fit-ports',
  title: 'every broker of both clusters has a port on every gateway node',
  run: ({ clusters, topology, active, to }) => {
    const names = [...new Set([active, to])].filter((name): name is string => name !== undefined);
    const views = names.flatMap((name) => {
      const view = clusters.get(name);
      return view?.ok === true ? [{ name, brokers: view.value.description.brokers }] : [];
    });
    if (views.length < names.length) return skip('not every cluster can be read');
    const without = topology.gateways.flatMap((gateway) =>
      views.flatMap(({ name, brokers }) => brokers.filter((id) => !gateway.ports.some(({ nodeId }) => nodeId === id)).map((id) => `broker ${id} of ${name} on ${gateway.name}`)),
    );
    if (without.length > 0) return fail(`no port for ${some(without)}`, 'raise brokerPorts of the gateway in gwctl.yaml and restart the node');
    return pass(`brokers ${[...new Set(views.flatMap(({ brokers }) => brokers))].sort((a, b) => a - b).join(', ')} on ${counted(topology.gateways.length, 'node')}`);
  },
};
