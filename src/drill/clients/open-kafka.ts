import { Kafka, logLevel } from 'kafkajs';
import type { Cluster, GatewayNode } from '../../topology/topology.ts';

export interface GatewayCredentials {
  readonly username: string;
  /** The password of SASL/PLAIN. */
  readonly token: string;
}

/** Longer than a gateway holds a write: a client's timeout must not end what a switch only delays. */
const REQUEST_TIMEOUT_MS = 30_000;
const BASE = {
  clientId: 'gwctl-drill',
  logLevel: logLevel.NOTHING,
  connectionTimeout: 3000,
  authenticationTimeout: 5000,
  requestTimeout: REQUEST_TIMEOUT_MS,
  retry: { initialRetryTime: 100, maxRetryTime: 1000, retries: 5 },
} as const;

/** kafkajs, as an application would use it: through one gateway node, with a service account's token. */
export function openThroughGateway({ ports, advertisedHost }: GatewayNode, { username, token }: GatewayCredentials): Kafka {
  return new Kafka({ ...BASE, brokers: ports.map(({ port }) => `${advertisedHost}:${port}`), sasl: { mechanism: 'plain', username, password: token } });
}

/** kafkajs on a cluster itself, past the gateways. */
export function openOnCluster({ brokers }: Cluster): Kafka {
  return new Kafka({ ...BASE, brokers: brokers.map(({ host, port }) => `${host}:${port}`) });
}
