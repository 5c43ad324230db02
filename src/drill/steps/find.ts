import type { Kafka } from 'kafkajs';
import type { GatewayAdmin } from '../../ports/gateway-admin.ts';
import type { KafkaCluster } from '../../ports/kafka-cluster.ts';
import { GwctlError } from '../../shared/errors.ts';
import { clusterNamed, gatewayNamed } from '../../topology/lookup.ts';
import type { GatewayNode } from '../../topology/topology.ts';
import { openOnCluster, openThroughGateway } from '../clients/open-kafka.ts';
import type { IssuedToken, StepTools } from '../step-tools.ts';

export function nodeOf({ world }: StepTools, gateway: string): GatewayNode {
  return gatewayNamed(world.topology, gateway);
}

export function adminOf({ world }: StepTools, gateway: string): GatewayAdmin {
  const admin = world.gateways.find(({ node }) => node === gateway);
  if (admin === undefined) throw new GwctlError('INTERNAL', `no admin client for gateway ${gateway}`);
  return admin;
}

export function clusterOf({ world }: StepTools, name: string): KafkaCluster {
  const cluster = world.clusters.get(name);
  if (cluster === undefined) throw new GwctlError('INTERNAL', `no client for cluster ${name}`);
  return cluster;
}

export function tokenOf({ tokens }: StepTools, as: string): IssuedToken {
  const token = tokens.get(as);
  if (token === undefined) throw new GwctlError('INTERNAL', `no token "${as}"`);
  return token;
}

export interface ClientTarget {
  readonly gateway?: string | undefined;
  readonly as?: string | undefined;
  readonly cluster?: string | undefined;
}

/** A client for the place that a step names. */
export function kafkaOf(tools: StepTools, { gateway, as, cluster }: ClientTarget): Kafka {
  if (cluster !== undefined) return openOnCluster(clusterNamed(tools.world.topology, cluster), tools.clusterAccess?.get(cluster));
  if (gateway === undefined || as === undefined) throw new GwctlError('INTERNAL', 'a step names neither a cluster nor a gateway and a token');
  return openThroughGateway(nodeOf(tools, gateway), tokenOf(tools, as));
}
