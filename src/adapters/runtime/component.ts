import { join } from 'node:path';
import type { ComponentKind } from '../../ports/runtime.ts';
import type { Broker, Cluster, GatewayNode, Topology } from '../../topology/topology.ts';

/** One process of an environment and where its files are. Says nothing of how it is started: `down` and `status` need no Java. */
export interface Component {
  readonly name: string;
  readonly kind: ComponentKind;
  readonly cluster: string | null;
  readonly dir: string;
  /** Where others reach it; 0 when it does not listen. */
  readonly port: number;
  /** Everything that it binds. */
  readonly binds: readonly { readonly host: string; readonly port: number }[];
}

/** The components that `up` starts for a topology, in start order. */
export function componentsOf(topology: Topology, environmentDir: string): readonly Component[] {
  if (topology.runtime === 'external') return [];
  return [
    ...topology.clusters.flatMap((cluster) => cluster.brokers.map((broker) => brokerComponent(cluster, broker, environmentDir))),
    ...(topology.links.length > 0 ? [mirrorMakerComponent(environmentDir)] : []),
    ...(topology.schemaRegistry.enabled ? [registryComponent(topology.schemaRegistry.port, environmentDir)] : []),
    ...topology.gateways.map((gateway) => gatewayComponent(gateway, environmentDir)),
  ];
}

export const MIRROR_MAKER = 'mirror-maker';
export const SCHEMA_REGISTRY = 'schema-registry';

export function brokerName(cluster: string, nodeId: number): string {
  return `${cluster}-${nodeId}`;
}

export const filesOf = (dir: string, name: string) => ({
  pid: join(dir, 'pid.json'),
  description: join(dir, 'component.json'),
  held: join(dir, 'held'),
  log: join(dir, `${name}.log`),
  config: join(dir, 'config'),
  data: join(dir, 'data'),
});

function brokerComponent(cluster: Cluster, { id, port, controllerPort }: Broker, environmentDir: string): Component {
  const name = brokerName(cluster.name, id);
  const binds = [port, controllerPort].map((each) => ({ host: LOOPBACK, port: each }));
  return { name, kind: 'broker', cluster: cluster.name, dir: join(environmentDir, name), port, binds };
}

function mirrorMakerComponent(environmentDir: string): Component {
  return { name: MIRROR_MAKER, kind: 'mirror-maker', cluster: null, dir: join(environmentDir, MIRROR_MAKER), port: 0, binds: [] };
}

function registryComponent(port: number, environmentDir: string): Component {
  return { name: SCHEMA_REGISTRY, kind: 'schema-registry', cluster: null, dir: join(environmentDir, SCHEMA_REGISTRY), port, binds: [{ host: LOOPBACK, port }] };
}

function gatewayComponent({ name, ports, bindHost, admin }: GatewayNode, environmentDir: string): Component {
  const binds = [...ports.map(({ port }) => ({ host: bindHost, port })), { host: admin.host, port: admin.port }];
  return { name, kind: 'gateway', cluster: null, dir: join(environmentDir, name), port: ports[0]?.port ?? 0, binds };
}

const LOOPBACK = '127.0.0.1';
