import { resolve } from 'node:path';
import type { ClusterSecurity, Secret, ServerTls } from '../topology/topology.ts';
import type { ConfigFile } from './config-schema.ts';

type ClusterEntry = NonNullable<NonNullable<ConfigFile['clusters']>[string]>;
type GatewayEntry = NonNullable<NonNullable<ConfigFile['gateways']>[string]>;

/** Stands for a reference that is missing; checkSecurity reports it. */
const NO_SECRET: Secret = { kind: 'literal', value: '' };

/** How a cluster's brokers are spoken to. Total: what does not make sense is for checkSecurity to say. */
export function buildSecurity(entry: NonNullable<ClusterEntry['security']>, baseDir: string): ClusterSecurity {
  const isSasl = entry.protocol.startsWith('SASL_');
  return {
    protocol: entry.protocol,
    sasl: isSasl ? { mechanism: entry.mechanism ?? 'SCRAM-SHA-512', username: entry.username ?? '', password: readReference(entry.password, baseDir) ?? NO_SECRET } : undefined,
    caFile: readPath(entry.ca, baseDir),
  };
}

/** The files of a listener's TLS, as absolute paths. */
export function buildServerTls(entry: NonNullable<GatewayEntry['tls']> | NonNullable<GatewayEntry['adminTls']>, baseDir: string): ServerTls {
  const { clientCa, ownCert, ownKey } = 'clientCa' in entry ? entry : { clientCa: undefined, ownCert: undefined, ownKey: undefined };
  return {
    certFile: readPath(entry.cert, baseDir),
    keyFile: readPath(entry.key, baseDir),
    caFile: readPath(entry.ca, baseDir),
    clientCaFile: readPath(clientCa, baseDir),
    ownCertFile: readPath(ownCert, baseDir),
    ownKeyFile: readPath(ownKey, baseDir),
  };
}

/** `env:NAME` or `file:PATH` as a Secret. */
export function readReference(reference: string | undefined, baseDir: string): Secret | undefined {
  if (reference?.startsWith('env:') === true) return { kind: 'env', name: reference.slice('env:'.length) };
  if (reference?.startsWith('file:') === true) return { kind: 'file', path: resolve(baseDir, reference.slice('file:'.length)) };
  return undefined;
}

function readPath(path: string | undefined, baseDir: string): string | undefined {
  return path === undefined ? undefined : resolve(baseDir, path);
}
