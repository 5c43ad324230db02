import { readFileSync } from 'node:fs';
import { createSecureContext, type TlsOptions } from 'node:tls';
import { GwctlError } from '../../shared/errors.ts';
import type { ServerTls } from '../../topology/topology.ts';

/** A client that has not finished its handshake by then is dropped. */
const HANDSHAKE_MS = 10_000;

/** Options of a TLS listener from its files. Throws CONFIG when one cannot be read, or key and certificate do not belong together. */
export function readServerTls({ certFile, keyFile, clientCaFile }: ServerTls): TlsOptions {
  if (certFile === undefined || keyFile === undefined) throw new GwctlError('CONFIG', 'tls and adminTls of a node need cert and key on the machine that runs it', { hint: 'name both files in the gwctl.yaml that the node is started with' });
  const files = { cert: readPem(certFile), key: readPem(keyFile) };
  const clients = clientCaFile === undefined ? {} : { ca: readPem(clientCaFile), requestCert: true, rejectUnauthorized: true };
  try {
    createSecureContext({ ...files, ...clients });
  } catch (reason) {
    throw new GwctlError('CONFIG', `certificate ${certFile} and key ${keyFile} cannot be used: ${reason instanceof Error ? reason.message : String(reason)}`, { cause: reason });
  }
  return { ...files, ...clients, minVersion: 'TLSv1.2', handshakeTimeout: HANDSHAKE_MS };
}

function readPem(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (reason) {
    throw new GwctlError('CONFIG', `${file} cannot be read (${(reason as NodeJS.ErrnoException).code ?? 'unknown error'})`, { cause: reason });
  }
}
