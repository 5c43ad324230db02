import type { ConnectionOptions } from 'node:tls';
import { Kafka, logLevel, type SASLOptions } from 'kafkajs';
import { clientTls, type ClusterAccess, type TlsTrust } from '../../config/cluster-access.ts';
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
export function openThroughGateway({ ports, advertisedHost, tls }: GatewayNode, { username, token }: GatewayCredentials): Kafka {
  return new Kafka({ ...BASE, brokers: ports.map(({ port }) => `${advertisedHost}:${port}`), sasl: { mechanism: 'plain', username, password: token }, ...sslOf(clientTls(tls)) });
}

/** kafkajs on a cluster itself, past the gateways. */
export function openOnCluster({ brokers }: Cluster, { tls, sasl }: ClusterAccess = {}): Kafka {
  return new Kafka({ ...BASE, brokers: brokers.map(({ host, port }) => `${host}:${port}`), ...sslOf(tls), ...(sasl === undefined ? {} : { sasl: saslOf(sasl) }) });
}

function sslOf(tls: TlsTrust | undefined): { readonly ssl?: ConnectionOptions } {
  if (tls === undefined) return {};
  const { ca, cert, key } = tls;
  return { ssl: { ...(ca === undefined ? {} : { ca: [ca] }), ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) } };
}

function saslOf({ mechanism, username, password }: NonNullable<ClusterAccess['sasl']>): SASLOptions {
  switch (mechanism) {
    case 'PLAIN':
      return { mechanism: 'plain', username, password };
    case 'SCRAM-SHA-256':
      return { mechanism: 'scram-sha-256', username, password };
    case 'SCRAM-SHA-512':
      return { mechanism: 'scram-sha-512', username, password };
  }
}
