import type { Topology } from '../topology/topology.ts';
import { NO_PORT } from './build-topology.ts';
import type { ConfigFile } from './config-schema.ts';
import type { ConfigPath } from './config-document.ts';
import { type Finding, renderPath } from './diagnostic.ts';

/** One listener that gwctl binds, and the key that its port comes from. */
interface Listener {
  readonly path: ConfigPath;
  readonly what: string;
  readonly host: string;
  readonly port: number;
}

const MAX_PORT = 65_535;

/** Ports that nobody gave, that the offset moved out of range, or that two listeners want; derived ports included. */
export function checkPorts(file: ConfigFile, topology: Topology): readonly Finding[] {
  const listeners = listenersOf(file, topology);
  return [...missingPorts(listeners), ...portsOutOfRange(listeners, topology.portOffset), ...portConflicts(listeners)];
}

function listenersOf(file: ConfigFile, topology: Topology): readonly Listener[] {
  const listeners: Listener[] = [];
  for (const cluster of topology.runtime !== 'external' ? topology.clusters : []) {
    for (const { id, host, port, controllerPort } of cluster.brokers) {
      listeners.push({ path: ['clusters', cluster.name, 'port'], what: `broker ${id} of ${cluster.name}`, host, port });
      listeners.push({ path: ['clusters', cluster.name, 'controllerPort'], what: `controller ${id} of ${cluster.name}`, host, port: controllerPort });
    }
  }
  // Nodes of others may be on machines of their own, and then have the same ports.
  const isExternal = topology.runtime === 'external';
  for (const { name, bindHost, advertisedHost, ports, admin } of topology.gateways) {
    for (const { nodeId, port } of ports) listeners.push({ path: ['gateways', name, 'port'], what: `port ${nodeId} of ${name}`, host: isExternal ? advertisedHost : bindHost, port });
    listeners.push({ path: ['gateways', name, isExternal && file.gateways?.[name]?.adminUrl !== undefined ? 'adminUrl' : 'adminPort'], what: `admin port of ${name}`, host: admin.host, port: admin.port });
  }
  const { enabled, port } = topology.schemaRegistry;
  if (enabled) listeners.push({ path: ['schemaRegistry', 'port'], what: 'schema registry', host: 'localhost', port });
  return listeners;
}

function missingPorts(listeners: readonly Listener[]): readonly Finding[] {
  const missing = firstOfEach(listeners.filter(({ port }) => port === NO_PORT), ({ path }) => renderPath(path));
  return missing
    .filter(({ path }) => path.at(-1) !== 'controllerPort')
    .map(({ path }) => ({ path, message: `missing (only ${path[0] === 'clusters' ? 'main and failover' : 'gateway1 and gateway2'} have a default)` }));
}

function portsOutOfRange(listeners: readonly Listener[], portOffset: number): readonly Finding[] {
  const tooHigh = firstOfEach(listeners.filter(({ port }) => port > MAX_PORT), ({ path }) => renderPath(path));
  return tooHigh.map(({ path, what, port }) => {
    const origin = portOffset === 0 ? '' : ` with port offset ${portOffset}`;
    return { path, because: [sectionOf(path)], message: `${what} would get ${port}${origin}, not a port (1 to ${MAX_PORT})` };
  });
}

function portConflicts(listeners: readonly Listener[]): readonly Finding[] {
  const conflicts: { readonly later: Listener; readonly earlier: Listener }[] = [];
  const byPort = new Map<number, Listener[]>();
  for (const later of listeners) {
    if (later.port === NO_PORT) continue;
    const others = byPort.get(later.port) ?? [];
    for (const earlier of others) if (sameAddress(earlier.host, later.host)) conflicts.push({ later, earlier });
    byPort.set(later.port, [...others, later]);
  }
  // Two clusters on the same ports overlap at every broker: said once.
  return firstOfEach(conflicts, ({ later, earlier }) => `${renderPath(later.path)} ${renderPath(earlier.path)}`).map(({ later, earlier }) => ({
    path: later.path,
    because: [earlier.path, sectionOf(later.path), sectionOf(earlier.path)],
    message: `${later.what} would get port ${later.port}, which ${earlier.what} has (${renderPath(earlier.path)})`,
  }));
}

/** A port also depends on the counts beside it: brokers, brokerPorts. */
function sectionOf(path: ConfigPath): ConfigPath {
  return path.slice(0, -1);
}

function sameAddress(left: string, right: string): boolean {
  const isWildcard = (host: string) => host === '0.0.0.0' || host === '::';
  const plain = (host: string) => (host === 'localhost' || host === '::1' ? '127.0.0.1' : host);
  return isWildcard(left) || isWildcard(right) || plain(left) === plain(right);
}

function firstOfEach<T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] {
  const first = new Map<string, T>();
  for (const item of items) if (!first.has(keyOf(item))) first.set(keyOf(item), item);
  return [...first.values()];
}
