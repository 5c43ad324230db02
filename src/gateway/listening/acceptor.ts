import type { Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { acceptPooled } from '../bytes/read-buffers.ts';
import type { Log } from '../log.ts';

export interface AcceptorOptions {
  /** For the log: the server that bound it may live in another process. */
  readonly port: number;
  /** Undefined: plain text. */
  readonly tls: TlsOptions | undefined;
  readonly log: Log;
  /** Each client, once its TLS handshake is done. */
  readonly accept: (socket: Socket) => void;
}

/** Makes clients of sockets that were accepted somewhere and not read from (`bindPort`). */
export interface Acceptor {
  take(socket: Socket): void;
  /** Drops those that are in a handshake. */
  close(): void;
}

/** Plain sockets read into pooled memory; TLS sockets read as usual. */
export function createAcceptor({ port, tls, log, accept }: AcceptorOptions): Acceptor {
  if (tls === undefined) return { take: (socket) => accept(acceptPooled(socket)), close: () => {} };
  const handshaking = new Set<Socket>();
  // Never listens: it is handed its sockets.
  const server = createTlsServer(tls);
  server.on('secureConnection', accept);
  server.on('tlsClientError', (reason: NodeJS.ErrnoException, socket) => {
    const why = whyNoHandshake(reason);
    if (why !== undefined) log.warn(why, { client: `${socket.remoteAddress ?? '?'}:${socket.remotePort ?? 0}`, port, code: reason.code });
  });
  return {
    take: (socket) => {
      handshaking.add(socket);
      socket.once('close', () => handshaking.delete(socket));
      server.emit('connection', socket);
    },
    close: () => {
      for (const socket of handshaking) socket.destroy();
    },
  };
}

/** What OpenSSL calls the first bytes of a Kafka or HTTP request without TLS. */
const NOT_TLS = /WRONG_VERSION_NUMBER|HTTP_REQUEST|PACKET_LENGTH_TOO_LONG|RECORD_LAYER_FAILURE|UNEXPECTED_MESSAGE|BAD_RECORD_TYPE|RECORD_TOO_SMALL/;

/** A line for the operator; undefined for a port that was only knocked at, as load balancers do. */
function whyNoHandshake({ code = '', message }: NodeJS.ErrnoException): string | undefined {
  if (code === 'ECONNRESET') return undefined;
  if (NOT_TLS.test(code)) return 'client without TLS on a TLS port: its security.protocol must be SASL_SSL';
  if (/UNKNOWN_CA|CERTIFICATE_UNKNOWN|BAD_CERTIFICATE/.test(code)) return 'client does not trust the certificate of this node: give it the authority that signed it';
  if (/PEER_DID_NOT_RETURN_A_CERTIFICATE/.test(code)) return 'client without a certificate, which gateways.<node>.tls.clientCa asks for';
  return `TLS handshake failed: ${message}`;
}
