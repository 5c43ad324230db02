import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { GwctlError } from '../shared/errors.ts';
import type { Log } from './log.ts';
import { acceptPooled } from './read-buffers.ts';

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** Undefined: plain text. */
  readonly tls: TlsOptions | undefined;
  readonly log: Log;
  /** Each client, once its TLS handshake is done. */
  readonly accept: (socket: Socket) => void;
}

export interface Listener {
  /** Resolves once every client is gone; those in a handshake are dropped. */
  close(): Promise<void>;
}

const BACKLOG = 1024;

/** Binds one port for clients. Throws ENVIRONMENT when it is taken. */
export async function listen({ host, port, tls, log, accept }: ListenOptions): Promise<Listener> {
  const handshaking = new Set<Socket>();
  const server = tls === undefined ? createServer({ noDelay: true, pauseOnConnect: true }, (socket) => accept(acceptPooled(socket))) : listenTls(tls, port, log, accept, handshaking);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (reason: NodeJS.ErrnoException) => {
      reject(reason.code === 'EADDRINUSE' ? new GwctlError('ENVIRONMENT', `port ${port} on ${host} is in use`) : reason);
    });
    server.listen({ host, port, backlog: BACKLOG }, resolve);
  });
  return {
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of handshaking) socket.destroy();
      await closed;
    },
  };
}

function listenTls(tls: TlsOptions, port: number, log: Log, accept: (socket: Socket) => void, handshaking: Set<Socket>): Server {
  const server = createTlsServer({ ...tls, noDelay: true });
  server.on('connection', (socket) => {
    handshaking.add(socket);
    socket.once('close', () => handshaking.delete(socket));
  });
  server.on('secureConnection', accept);
  server.on('tlsClientError', (reason: NodeJS.ErrnoException, socket) => {
    const why = whyNoHandshake(reason);
    if (why !== undefined) log.warn(why, { client: `${socket.remoteAddress ?? '?'}:${socket.remotePort ?? 0}`, port, code: reason.code });
  });
  return server;
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
