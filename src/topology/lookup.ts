import { didYouMean } from '../shared/did-you-mean.ts';
import { GwctlError } from '../shared/errors.ts';
import type { Cluster, GatewayNode, MirrorLink, Topology } from './topology.ts';

/** The cluster of that name; USAGE when there is none, because names come from people. */
export function clusterNamed(topology: Topology, name: string): Cluster {
  return named('cluster', topology.clusters, name);
}

/** The gateway node of that name; USAGE when there is none. */
export function gatewayNamed(topology: Topology, name: string): GatewayNode {
  return named('gateway', topology.gateways, name);
}

/** The cluster that gateways serve before the first switch. */
export function primaryOf(topology: Topology): Cluster {
  const primary = topology.clusters.find((cluster) => cluster.role === 'primary');
  if (primary === undefined) throw new GwctlError('CONFIG', `topology ${topology.name} has no primary cluster`);
  return primary;
}

/** `host:port,host:port`, as every Kafka client takes it. */
export function bootstrapOf(cluster: Cluster): string {
  return cluster.brokers.map((broker) => `${broker.host}:${broker.port}`).join(',');
}

/** The mirror link between two clusters; USAGE when none is defined in that direction. */
export function linkFrom(topology: Topology, from: string, to: string): MirrorLink {
  const link = topology.links.find((candidate) => candidate.from === from && candidate.to === to);
  if (link !== undefined) return link;
  const known = topology.links.map((candidate) => candidate.name);
  throw new GwctlError('USAGE', `no mirror link ${from}->${to} ${didYouMean(`${from}->${to}`, known)}`);
}

function named<T extends { readonly name: string }>(kind: string, all: readonly T[], name: string): T {
  const found = all.find((candidate) => candidate.name === name);
  if (found !== undefined) return found;
  const known = all.map((candidate) => candidate.name);
  throw new GwctlError('USAGE', `no ${kind} named "${name}" ${didYouMean(name, known)}`, {
    hint: `the ${kind}s of this environment are ${known.join(', ')}`,
    details: { [kind]: name, known },
  });
}
