import { didYouMean } from '../shared/did-you-mean.ts';
import type { Topology } from '../topology/topology.ts';
import { CLUSTER_NAMES, checkLinks } from './check-links.ts';
import { checkPorts } from './check-ports.ts';
import { checkSecurity } from './check-security.ts';
import type { ConfigFile } from './config-schema.ts';
import { checkDeadlines } from './deadlines.ts';
import { DEFAULTS } from './defaults.ts';
import type { Finding } from './diagnostic.ts';

const ROLES = [['clusters', '*', 'role']];
const BROKER_COUNTS = [['clusters', '*', 'brokers'], ['clusters', '*', 'bootstrap']];

/** Everything that no single value shows: what does not fit together. */
export function checkTopology(file: ConfigFile, topology: Topology): readonly Finding[] {
  return [
    ...checkClusters(file, topology),
    ...checkLinks(topology),
    ...checkPorts(file, topology),
    ...checkGateways(topology),
    ...checkAdminUrls(file, topology),
    ...checkCanary(file, topology),
    ...checkSecurity(file, topology),
    ...checkFailover(topology),
    ...checkVirtualClusters(topology.virtualClusters ?? []),
    ...checkLimits(topology),
  ];
}

function checkClusters(file: ConfigFile, topology: Topology): readonly Finding[] {
  const findings: Finding[] = [];
  const primaries = topology.clusters.filter((cluster) => cluster.role === 'primary').map(({ name }) => name);
  if (primaries.length === 0) findings.push({ path: ['clusters'], because: ROLES, message: 'no cluster has the role primary (exactly one must)' });
  for (const name of primaries.slice(1)) {
    findings.push({ path: ['clusters', name, 'role'], because: ROLES, message: `${name} is primary, but ${primaries[0]} is already (exactly one must be)` });
  }
  for (const { name } of topology.clusters) {
    const entry = file.clusters?.[name];
    const isExternal = topology.runtime === 'external';
    if (isExternal && entry?.bootstrap === undefined) findings.push({ path: ['clusters', name, 'bootstrap'], because: [['runtime']], message: 'missing (runtime external needs the bootstrap servers of every cluster)' });
    if (!isExternal && entry?.bootstrap !== undefined) findings.push({ path: ['clusters', name, 'bootstrap'], because: [['runtime']], message: `only runtime external takes bootstrap servers, and the runtime is ${topology.runtime}` });
    for (const key of ['brokers', 'port', 'controllerPort', 'config'] as const) {
      if (entry?.bootstrap !== undefined && entry[key] !== undefined) findings.push({ path: ['clusters', name, key], message: 'has no meaning beside bootstrap: gwctl does not run this cluster' });
    }
  }
  const { cluster } = topology.schemaRegistry;
  const names = topology.clusters.map(({ name }) => name);
  if (topology.schemaRegistry.enabled && !names.includes(cluster)) {
    findings.push({ path: ['schemaRegistry', 'cluster'], because: CLUSTER_NAMES, message: `no cluster named "${cluster}" ${didYouMean(cluster, names)}` });
  }
  return findings;
}

function checkGateways(topology: Topology): readonly Finding[] {
  const findings: Finding[] = [];
  const largest = topology.clusters.toSorted((left, right) => right.brokers.length - left.brokers.length)[0];
  const highestId = Math.max(0, ...(largest?.brokers ?? []).map(({ id }) => id));
  const usesDefaultPassword = topology.gateway.adminPassword.kind === 'literal';
  for (const { name, ports, bindHost } of topology.gateways) {
    if (ports.length < highestId) {
      // A node id without a port is a leader that clients cannot reach after a switch (hazard H9).
      findings.push({ path: ['gateways', name, 'brokerPorts'], because: BROKER_COUNTS, message: `${ports.length} ports are fewer than the highest node id (${highestId}, of ${largest?.name}): one port for each is needed` });
    }
    if (usesDefaultPassword && !isLoopback(bindHost)) {
      findings.push({
        path: ['gateways', name, 'bindHost'],
        because: [['gateway', 'admin', 'password']],
        message: `${bindHost} can be reached from other machines while the admin password is the default: set gateway.admin.password (env:NAME or file:PATH) or bind ${DEFAULTS.bindHost}`,
      });
    }
  }
  return findings;
}

function checkAdminUrls(file: ConfigFile, { runtime }: Topology): readonly Finding[] {
  return Object.entries(file.gateways ?? {}).flatMap(([name, entry]): readonly Finding[] => {
    if (entry?.adminUrl === undefined) return [];
    const path = ['gateways', name, 'adminUrl'];
    if (runtime !== 'external') return [{ path, because: [['runtime']], message: `only runtime external takes it, and the runtime is ${runtime}` }];
    if (entry.adminTls !== undefined && !entry.adminUrl.startsWith('https:')) return [{ path: ['gateways', name, 'adminTls'], because: [path], message: `has no meaning beside the plain ${entry.adminUrl}` }];
    return entry.adminPort === undefined ? [] : [{ path: ['gateways', name, 'adminPort'], because: [path], message: 'has no meaning beside adminUrl, which names the port' }];
  });
}

/** The nodes of gwctl keep one topic of this name away from all tenants: another one would be no proof of what they serve. */
function checkCanary(file: ConfigFile, { gateways }: Topology): readonly Finding[] {
  if (file.gateway?.canary === undefined || gateways.some(({ driver }) => driver !== 'builtin')) return [];
  return [{ path: ['gateway', 'canary'], because: [['gateway', 'driver']], message: 'has no meaning while every node has the driver builtin' }];
}

function checkFailover(topology: Topology): readonly Finding[] {
  const { pauseBudgetMs } = topology.failover;
  const { holdMs } = topology.gateway;
  if (pauseBudgetMs < holdMs) return checkDeadlines(topology.failover);
  return [
    {
      path: ['failover', 'pauseBudget'],
      because: [['gateway', 'holdMs']],
      message: `${pauseBudgetMs} ms is not shorter than gateway.holdMs (${holdMs} ms): held writes would be refused before the switch gives up`,
    },
  ];
}

/** Prefixes without a separator: `team` + `Afoo` would be the topic that `teamA` + `foo` is (hazard D11). */
function checkVirtualClusters(names: readonly string[]): readonly Finding[] {
  const findings: Finding[] = [];
  names.forEach((name, index) => {
    names.forEach((other, otherIndex) => {
      if (index === otherIndex || !other.startsWith(name)) return;
      if (name === other && index < otherIndex) return;
      const message = name === other ? `${name} is there twice` : `${name} is the beginning of ${other}: their topics could not be told apart`;
      findings.push({ path: ['virtualClusters', index], because: [['virtualClusters']], message });
    });
  });
  return findings;
}

/** A burst without a rate would limit nothing, and whoever wrote it believes otherwise. */
function checkLimits({ gateway: { limits, tenantLimits } }: Topology): readonly Finding[] {
  const places = [{ path: ['gateway', 'limits'], own: limits }, ...Object.entries(tenantLimits).map(([name, own]) => ({ path: ['gateway', 'tenantLimits', name], own }))];
  return places
    .filter(({ own }) => own.requestBurst !== undefined && own.requestsPerSecond === undefined)
    .map(({ path, own }) => ({ path: [...path, 'requestBurst'], because: [[...path, 'requestsPerSecond']], message: `${own.requestBurst} limits nothing without requestsPerSecond` }));
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
