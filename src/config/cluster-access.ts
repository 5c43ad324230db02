import { readFileSync } from 'node:fs';
import { GwctlError } from '../shared/errors.ts';
import type { Cluster, SaslMechanism, ServerTls } from '../topology/topology.ts';
import { resolveSecret } from './resolve-secret.ts';

/** What a Kafka client needs to speak to the brokers of a cluster; secrets are resolved. Never log it. */
export interface ClusterAccess {
  readonly tls?: TlsTrust;
  readonly sasl?: { readonly mechanism: SaslMechanism; readonly username: string; readonly password: string };
}

/** The part of node:tls options that comes from files; without `ca` the system's authorities are trusted. */
export interface TlsTrust {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/** Throws CONFIG, naming the file or variable, when a reference leads nowhere. */
export function clusterAccess({ security }: Pick<Cluster, 'security'>, environmentDir: string, env: Readonly<Record<string, string | undefined>>): ClusterAccess {
  if (security === undefined) return {};
  const { protocol, sasl, caFile } = security;
  return {
    ...(protocol.endsWith('SSL') ? { tls: caFile === undefined ? {} : { ca: readPem(caFile) } } : {}),
    ...(sasl === undefined ? {} : { sasl: { mechanism: sasl.mechanism, username: sasl.username, password: resolveSecret(sasl.password, environmentDir, env) } }),
  };
}

/** What gwctl itself connects with to a listener of a gateway node; undefined: plain text. Throws CONFIG when a file cannot be read. */
export function clientTls(tls: ServerTls | undefined): TlsTrust | undefined {
  if (tls === undefined) return undefined;
  return {
    ...(tls.caFile === undefined ? {} : { ca: readPem(tls.caFile) }),
    ...(tls.ownCertFile === undefined || tls.ownKeyFile === undefined ? {} : { cert: readPem(tls.ownCertFile), key: readPem(tls.ownKeyFile) }),
  };
}

function readPem(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (reason) {
    throw new GwctlError('CONFIG', `${file} cannot be read (${(reason as NodeJS.ErrnoException).code ?? 'unknown error'})`, { cause: reason });
  }
}
