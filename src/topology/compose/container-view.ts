import type { Broker, Topology } from '../topology.ts';

/** Inside the network every broker has a name of its own, so all can have the same ports. */
export const CLIENT_LISTENER_PORT = 9092;
export const CONTROLLER_LISTENER_PORT = 9093;
/** What is published on the host: it tells clients to connect to localhost. */
export const HOST_LISTENER_PORT = 19_092;

/** The service of a broker, also the name of its component. */
export function brokerService(cluster: string, { id }: Pick<Broker, 'id'>): string {
  return `${cluster}-${id}`;
}

/** The topology as containers see it: brokers at their names in the network instead of localhost. */
export function containerView(topology: Topology): Topology {
  return {
    ...topology,
    clusters: topology.clusters.map((cluster) => ({
      ...cluster,
      brokers: cluster.brokers.map((broker) => ({ ...broker, host: brokerService(cluster.name, broker), port: CLIENT_LISTENER_PORT, controllerPort: CONTROLLER_LISTENER_PORT })),
    })),
  };
}
