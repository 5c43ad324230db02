import type { Socket } from 'node:net';
import { GwctlError } from '../shared/errors.ts';
import { decodeMessage, encodeMessage } from '../wire/codec.ts';
import { encodeRequestFrame, readResponseHeader } from '../wire/headers.ts';
import type { Api } from '../wire/schema.ts';
import type { BrokerAddress, TransportOptions } from './client-options.ts';
import { FrameCollector } from './frame-collector.ts';
import { openSocket } from './open-socket.ts';
import { authenticate } from './authenticate.ts';

const DEFAULT_MAX_RESPONSE_BYTES = 128 << 20;

/** How a broker looks that wants TLS or credentials and gets none. */
const UNANSWERED = 'if it does so always, it wants TLS or SASL: set clusters.NAME.security in gwctl.yaml';

export interface ConnectOptions extends TransportOptions, BrokerAddress {
  readonly connectTimeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface RequestOptions {
  /**
   * Without an answer within this the request fails, and the connection is overdue: answers come in order, so whoever is sent behind would wait, too.
   * What was sent on it before keeps its own time, which may be longer.
   */
  readonly timeoutMs: number;
  /** Stops waiting; the connection stays, and the answer is dropped when it comes. */
  readonly signal?: AbortSignal;
}

export interface BrokerConnection {
  readonly address: BrokerAddress;
  /** Many may be in flight. Throws UNAVAILABLE when the connection ends before the answer, PROTOCOL when the answer is not one. */
  request<Req, Res>(api: Api<Req, Res>, version: number, body: Req, options: RequestOptions): Promise<Res>;
  /** Ends the connection; what is in flight is rejected. */
  close(): void;
  readonly isClosed: boolean;
  /** Resolves, with the reason, once a request is overdue or the connection has ended: nothing more is to be sent on it. Never rejects. */
  readonly spent: Promise<GwctlError>;
}

/** Connects and, with `sasl`, authenticates. Throws UNAVAILABLE. The caller closes the connection. */
export async function connectBroker(options: ConnectOptions): Promise<BrokerConnection> {
  const socket = await openSocket(options, options);
  const connection = new SocketConnection(socket, options);
  if (options.sasl === undefined) return connection;
  try {
    await authenticate((api, version, body) => connection.request(api, version, body, { timeoutMs: options.connectTimeoutMs }), options, options.sasl);
    return connection;
  } catch (reason) {
    connection.close();
    throw reason;
  }
}

interface Pending {
  readonly correlationId: number;
  readonly what: string;
  readonly apiKey: number;
  readonly version: number;
  /** Decodes the frame's body from here on. */
  readonly accept: (frame: Buffer, bodyStart: number) => void;
  readonly reject: (reason: GwctlError) => void;
  /** Somebody waits for the answer. */
  isAwaited: boolean;
}

class SocketConnection implements BrokerConnection {
  readonly address: BrokerAddress;
  readonly spent: Promise<GwctlError>;
  readonly #socket: Socket;
  readonly #clientId: string;
  readonly #frames: FrameCollector;
  /** In the order in which they were sent, which is the order of the answers. A Map keeps it and removes from its front cheaply. */
  readonly #pending = new Map<number, Pending>();
  #nextCorrelationId = 1;
  #ended: GwctlError | undefined;
  #hasAnswered = false;
  #resolveSpent: (reason: GwctlError) => void = () => {};
  #isOverdue = false;

  constructor(socket: Socket, options: ConnectOptions) {
    this.#socket = socket;
    this.#clientId = options.clientId;
    this.address = { host: options.host, port: options.port };
    this.#frames = new FrameCollector(options.maxResponseBytes ?? DEFAULT_MAX_RESPONSE_BYTES);
    this.spent = new Promise((resolve) => (this.#resolveSpent = resolve));
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', (error) => this.#end(this.#unavailable(`connection failed: ${error.message}`, error, this.#hasAnswered ? undefined : UNANSWERED)));
    socket.on('close', () => this.#end(this.#unavailable('closed the connection', undefined, this.#hasAnswered ? undefined : UNANSWERED)));
  }

  get isClosed(): boolean {
    return this.#ended !== undefined;
  }

  request<Req, Res>(api: Api<Req, Res>, version: number, body: Req, { timeoutMs, signal }: RequestOptions): Promise<Res> {
    return new Promise<Res>((resolve, reject) => {
      const bytes = encodeMessage(api.request, version, body);
      if (this.#ended !== undefined) throw this.#ended;
      const correlationId = this.#nextCorrelationId;
      this.#nextCorrelationId = correlationId === 0x7fffffff ? 1 : correlationId + 1;
      const what = `${api.name} v${version}`;
      const onAbort = () => fail(this.#unavailable(`was given up: the caller stopped waiting for ${what}`));
      const timer = setTimeout(() => {
        const reason = this.#unavailable(`did not answer ${what} within ${Math.round(timeoutMs)} ms`);
        fail(reason);
        this.#becomeOverdue(reason);
      }, timeoutMs);
      const settle = () => {
        pending.isAwaited = false;
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      };
      const fail = (reason: GwctlError) => {
        settle();
        reject(reason);
      };
      const accept = (frame: Buffer, bodyStart: number) => {
        settle();
        resolve(decodeMessage(api.response, version, frame, bodyStart));
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      const pending: Pending = { correlationId, what, apiKey: api.key, version, accept, reject: fail, isAwaited: true };
      this.#pending.set(correlationId, pending);
      this.#socket.write(encodeRequestFrame(api.key, version, correlationId, this.#clientId, bytes));
      if (signal?.aborted) onAbort();
    });
  }

  close(): void {
    this.#end(this.#unavailable('was closed by us'));
  }

  #receive(chunk: Buffer): void {
    try {
      for (const frame of this.#frames.push(chunk)) this.#answer(frame);
    } catch (reason) {
      const { code, message, hint } = GwctlError.from(reason);
      if (code === 'CONFIG') this.#end(new GwctlError(code, `${this.#name} ${message}`, { cause: reason, ...(hint === undefined ? {} : { hint }) }));
      else this.#end(new GwctlError('PROTOCOL', `${this.#name}: ${message}`, { cause: reason }));
    }
  }

  #answer(frame: Buffer): void {
    const [pending] = this.#pending.values();
    if (pending === undefined) throw new GwctlError('PROTOCOL', `an answer of ${frame.length} bytes to no request`);
    const { correlationId, bodyStart } = readResponseHeader(pending.apiKey, pending.version, frame);
    if (correlationId !== pending.correlationId) throw new GwctlError('PROTOCOL', `answer ${correlationId} to ${pending.what} (expected: ${pending.correlationId})`);
    this.#hasAnswered = true;
    pending.accept(frame, bodyStart); // a body that cannot be decoded ends the connection with the request still in the list
    this.#pending.delete(correlationId);
    if (this.#isOverdue) this.#endUnlessAwaited();
  }

  #becomeOverdue(reason: GwctlError): void {
    this.#isOverdue = true;
    this.#resolveSpent(reason);
    this.#endUnlessAwaited();
  }

  #endUnlessAwaited(): void {
    for (const { isAwaited } of this.#pending.values()) if (isAwaited) return;
    this.close();
  }

  #end(reason: GwctlError): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#socket.destroy();
    for (const pending of this.#pending.values()) pending.reject(reason);
    this.#pending.clear();
    this.#resolveSpent(reason);
  }

  get #name(): string {
    return `${this.address.host}:${this.address.port}`;
  }

  #unavailable(message: string, cause?: unknown, hint?: string): GwctlError {
    return new GwctlError('UNAVAILABLE', `${this.#name} ${message}`, { cause, ...(hint === undefined ? {} : { hint }) });
  }
}
