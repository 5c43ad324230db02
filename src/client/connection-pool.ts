import { setMaxListeners } from 'node:events';
import { GwctlError } from '../shared/errors.ts';
import { ERROR, errorName } from '../wire/error-codes.ts';
import { apiVersionsApi } from '../wire/generated/api-versions.ts';
import { newMessage } from '../wire/new-message.ts';
import type { ApiVersionTable } from './api-versions-used.ts';
import { connectBroker, type BrokerConnection } from './broker-connection.ts';
import type { BrokerAddress, KafkaClientOptions } from './client-options.ts';

const DEFAULT_CONNECT_TIMEOUT_MS = 3000;

export interface PooledConnection {
  readonly connection: BrokerConnection;
  readonly served: ApiVersionTable;
}

/**
 * Connections by address and lane, made when they are first wanted, and again after they ended or a request on them was overdue. A broker works on one request of a
 * connection at a time, so a long poll has a lane of its own: others would wait behind it.
 */
export class ConnectionPool {
  readonly #options: KafkaClientOptions;
  readonly #connections = new Map<string, Promise<PooledConnection>>();
  /** Nothing more is sent on these, and somebody still waits for an answer. */
  readonly #overdue = new Set<BrokerConnection>();
  readonly #over = new AbortController();

  constructor(options: KafkaClientOptions) {
    this.#options = options;
    // Each connection that is being opened listens, and there may be many at once.
    setMaxListeners(0, this.#over.signal);
  }

  /** An open connection whose broker's versions are known. Throws UNAVAILABLE. */
  get(address: BrokerAddress, lane: string, timeoutMs: number): Promise<PooledConnection> {
    if (this.#over.signal.aborted) return Promise.reject(new GwctlError('UNAVAILABLE', `the client of ${address.host}:${address.port} is closed`, { details: { clientClosed: true } }));
    const key = `${address.host}:${address.port} ${lane}`;
    const known = this.#connections.get(key);
    if (known !== undefined) return known;
    const opening = this.#open(address, timeoutMs);
    const forget = () => {
      if (this.#connections.get(key) === opening) this.#connections.delete(key);
    };
    this.#connections.set(key, opening);
    const retire = (connection: BrokerConnection) => {
      forget();
      for (const one of this.#overdue) if (one.isClosed) this.#overdue.delete(one);
      if (!connection.isClosed) this.#overdue.add(connection);
    };
    opening.then(({ connection }) => connection.spent.then(() => retire(connection)), forget);
    return opening;
  }

  close(): void {
    this.#over.abort();
    for (const connection of this.#overdue) connection.close();
    for (const opening of this.#connections.values()) opening.then(({ connection }) => connection.close(), () => {});
  }

  async #open(address: BrokerAddress, timeoutMs: number): Promise<PooledConnection> {
    const { bootstrap: _, requestTimeoutMs: __, connectTimeoutMs = DEFAULT_CONNECT_TIMEOUT_MS, ...transport } = this.#options;
    const boundMs = Math.max(1, Math.min(connectTimeoutMs, timeoutMs));
    const connection = await connectBroker({ ...transport, ...address, connectTimeoutMs: boundMs, signal: this.#over.signal });
    try {
      return { connection, served: await readApiVersions(connection, boundMs) };
    } catch (reason) {
      connection.close();
      throw reason;
    }
  }
}

async function readApiVersions(connection: BrokerConnection, timeoutMs: number): Promise<ApiVersionTable> {
  const request = newMessage(apiVersionsApi.request, { clientSoftwareName: 'gwctl', clientSoftwareVersion: '1' });
  const answer = await connection.request(apiVersionsApi, 3, request, { timeoutMs });
  if (answer.errorCode !== ERROR.NONE) {
    throw new GwctlError('UNAVAILABLE', `${connection.address.host}:${connection.address.port} does not tell its versions: ${errorName(answer.errorCode)}`);
  }
  return new Map(answer.apiKeys.map(({ apiKey, minVersion, maxVersion }) => [apiKey, { min: minVersion, max: maxVersion }]));
}
