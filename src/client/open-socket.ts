import net from 'node:net';
import tls from 'node:tls';
import { GwctlError } from '../shared/errors.ts';
import type { BrokerAddress } from './client-options.ts';

export interface OpenSocketOptions {
  readonly connectTimeoutMs: number;
  readonly tls?: tls.ConnectionOptions;
  readonly signal?: AbortSignal;
}

/** A connected socket, TLS handshake included. Throws UNAVAILABLE, naming the address, when there is none in time. */
export function openSocket({ host, port }: BrokerAddress, options: OpenSocketOptions): Promise<net.Socket> {
  const { connectTimeoutMs, signal } = options;
  return new Promise((resolve, reject) => {
    const socket = options.tls === undefined ? net.connect({ host, port }) : tls.connect({ servername: net.isIP(host) === 0 ? host : '', ...options.tls, host, port });
    const fail = (reason: string, cause?: unknown) => {
      settle();
      socket.on('error', () => {}); // a refused connection may report more than once
      socket.destroy();
      reject(new GwctlError('UNAVAILABLE', `${host}:${port} ${reason}`, { cause }));
    };
    const onError = (error: Error) => fail(`cannot be reached: ${describe(error)}`, error);
    const onAbort = () => fail('was given up: the caller stopped waiting');
    const timer = setTimeout(() => fail(`did not accept a connection within ${connectTimeoutMs} ms`), connectTimeoutMs);
    const onReady = () => {
      settle();
      socket.setNoDelay(true);
      resolve(socket);
    };
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.off('error', onError);
    };
    socket.on('error', onError);
    socket.once(options.tls === undefined ? 'connect' : 'secureConnect', onReady);
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted) onAbort();
  });
}

/** Node reports several failed addresses as one error without a message. */
function describe(error: Error): string {
  if (error instanceof AggregateError) return error.errors.map((one) => (one instanceof Error ? one.message : String(one))).join(', ');
  return error.message;
}
