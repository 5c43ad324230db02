import net from 'node:net';
import tls from 'node:tls';
import { GwctlError, type ErrorCode, type ErrorContext } from '../shared/errors.ts';
import { tlsProblemOf } from '../shared/tls-problem.ts';
import type { BrokerAddress } from './client-options.ts';

export interface OpenSocketOptions {
  readonly connectTimeoutMs: number;
  readonly tls?: tls.ConnectionOptions;
  readonly signal?: AbortSignal;
}

const CA_KEY = 'clusters.NAME.security.ca (of a gateway node: gateways.NAME.tls.ca)';

/**
 * A connected socket, TLS handshake included. Throws UNAVAILABLE, naming the address, when there is none in time; CONFIG, with `details.isTls`, when
 * the two sides cannot agree on TLS because of what we were told.
 */
export function openSocket({ host, port }: BrokerAddress, options: OpenSocketOptions): Promise<net.Socket> {
  const { connectTimeoutMs, signal } = options;
  return new Promise((resolve, reject) => {
    const socket = options.tls === undefined ? net.connect({ host, port }) : tls.connect({ servername: net.isIP(host) === 0 ? host : '', ...options.tls, host, port });
    const fail = (reason: string, cause?: unknown, { code = 'UNAVAILABLE', ...context }: ErrorContext & { readonly code?: ErrorCode } = {}) => {
      settle();
      socket.on('error', () => {}); // a refused connection may report more than once
      socket.destroy();
      reject(new GwctlError(code, `${host}:${port} ${reason}`, { ...context, cause }));
    };
    const onError = (error: Error) => {
      const problem = options.tls === undefined ? undefined : tlsProblemOf(error);
      if (problem === undefined) fail(`cannot be reached: ${describe(error)}`, error);
      else fail(`cannot be reached: ${problem.seen}`, error, { code: problem.isOurs ? 'CONFIG' : 'UNAVAILABLE', hint: problem.todo(CA_KEY), details: { isTls: true } });
    };
    const onAbort = () => fail('was given up: the caller stopped waiting');
    const timer = setTimeout(() => fail(`did not accept a connection within ${Math.round(connectTimeoutMs)} ms`), connectTimeoutMs);
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
