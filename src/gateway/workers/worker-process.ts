import type { ChildProcess, SendHandle } from 'node:child_process';
import type { Socket } from 'node:net';
import { GwctlError } from '../../shared/errors.ts';
import type { Acknowledgement } from '../acknowledged/acknowledgement.ts';
import type { MetricSnapshot } from '../metrics.ts';
import type { ServingCounts } from '../serving.ts';
import type { ProducerNote } from '../transactions/producer-note.ts';
import type { FromWorker, ToWorker, WorkerCalls, WorkerVerb } from './worker-messages.ts';

/** A client that a worker was given; the primary keeps its socket until the worker says that it has it. */
export interface HandedClient {
  readonly nodeId: number;
  readonly socket: Socket;
}

type Settle = (outcome: { readonly result: unknown } | { readonly reason: unknown }) => void;

/** Clients on their way to one worker, at most. Node sends one at a time and waits for each, and everything that is said to the worker waits behind them. */
const MAX_HANDED = 8;
const NOTHING: ServingCounts = { connections: 0, heldWrites: 0, inFlightWrites: 0 };

/** The worker has ended, so it will never answer: its sockets are gone, and what it had not acknowledged never will be. */
export class WorkerGone extends Error {}

/** What a worker tells without being asked. */
export interface WorkerTales {
  /** Of a producer; resolves when all other workers know it. */
  readonly heard: (transactionalId: string, note: ProducerNote) => Promise<void>;
  /** What its producers were told. */
  readonly acknowledged: (cluster: string, acknowledged: readonly Acknowledgement[]) => void;
  /** It has taken a client. */
  readonly hasRoom: () => void;
  /** It did not run for a while; resolves when the node has gone after every switch that it can know of. */
  readonly catchUp: () => Promise<void>;
}

/** One worker as the primary sees it: a process that answers calls until it is gone. */
export class WorkerProcess {
  readonly number: number;
  readonly pid: number | undefined;
  /** Resolves, in words, when it is gone. */
  readonly exited: Promise<string>;
  /** Hears of every switch verb from here on. */
  isCalled = false;
  /** May be given clients. */
  isServing = false;
  /** The transactions that are open through it. */
  readonly transactions = new Set<string>();
  /** As of the last time that they were asked for. */
  lastMetrics: readonly MetricSnapshot[] = [];
  #counts = NOTHING;
  readonly #child: ChildProcess;
  readonly #tells: WorkerTales;
  readonly #calls = new Map<number, Settle>();
  readonly #handed = new Map<number, HandedClient>();
  #isGone = false;
  #lastId = 0;

  constructor(number: number, child: ChildProcess, tells: WorkerTales) {
    this.#tells = tells;
    this.number = number;
    this.pid = child.pid;
    this.#child = child;
    child.on('message', (message) => this.#hear(message as FromWorker));
    this.exited = new Promise((resolve) => {
      const gone = (how: string): void => {
        this.#end();
        resolve(how);
      };
      child.once('exit', (code, signal) => {
        const how = signal === null ? `exit code ${code}` : `ended by ${signal}`;
        // What it said last is still to be read: a client that it took must not be given to another one.
        if (child.connected) child.once('disconnect', () => gone(how));
        else gone(how);
      });
      // Also for a send that the end of the process overtook: then there is an exit, too.
      child.on('error', (reason) => {
        if (child.pid === undefined) gone(reason.message);
      });
    });
  }

  get counts(): ServingCounts {
    return this.#counts;
  }

  /** Shall be given no client for now. */
  get isFull(): boolean {
    return this.#handed.size >= MAX_HANDED;
  }

  /** Throws WorkerGone when it ends meanwhile, UNAVAILABLE when it takes too long, and whatever the worker throws; all name the worker. */
  async call<Verb extends WorkerVerb>(verb: Verb, args: Parameters<WorkerCalls[Verb]>, limitMs: number): Promise<Awaited<ReturnType<WorkerCalls[Verb]>>> {
    if (this.#isGone) throw new WorkerGone(`${this.#name} is gone`);
    const id = ++this.#lastId;
    return await new Promise<Awaited<ReturnType<WorkerCalls[Verb]>>>((resolve, reject) => {
      const timer = setTimeout(() => settle({ reason: new GwctlError('UNAVAILABLE', `${this.#name} did not answer ${verb} within ${limitMs} ms`) }), limitMs);
      const settle: Settle = (outcome) => {
        clearTimeout(timer);
        this.#calls.delete(id);
        if ('reason' in outcome) reject(outcome.reason);
        else resolve(outcome.result as never);
      };
      this.#calls.set(id, settle);
      this.#send({ kind: 'call', id, verb, args });
    });
  }

  /** Gives it a client. What it had not taken when it ended is in `leftClients`. */
  hand(client: HandedClient): void {
    const handle = (client.socket as unknown as { readonly _handle: SendHandle | null })._handle;
    if (handle === null || handle === undefined) return; // closed meanwhile
    const id = ++this.#lastId;
    this.#handed.set(id, client);
    this.#send({ kind: 'client', id, nodeId: client.nodeId }, handle);
  }

  leftClients(): readonly HandedClient[] {
    const left = [...this.#handed.values()];
    this.#handed.clear();
    return left;
  }

  kill(): void {
    this.isCalled = false;
    this.isServing = false;
    this.#child.kill('SIGKILL');
  }

  get #name(): string {
    return `worker ${this.number} (process ${this.pid ?? '?'})`;
  }

  #send(message: ToWorker, handle?: SendHandle): void {
    // Whether it arrives is not known here: either an answer comes, or the exit.
    this.#child.send(message, handle, () => {});
  }

  #hear(message: FromWorker): void {
    if (message.kind === 'taken') {
      // The worker has its own copy of the handle: this closes ours, not the connection.
      this.#handed.get(message.id)?.socket.destroy();
      this.#handed.delete(message.id);
      this.#tells.hasRoom();
      return;
    }
    if (message.kind === 'acknowledged') return this.#tells.acknowledged(message.cluster, message.acknowledged);
    if (message.kind === 'producer') {
      const { id } = message;
      const told = this.#tells.heard(message.transactionalId, message.note);
      if (id !== undefined) void told.then(() => this.#send({ kind: 'told', id }));
      return;
    }
    if (message.kind === 'is-alive') return this.#send({ kind: 'alive' });
    if (message.kind === 'catch-up') {
      const { id } = message;
      void this.#tells.catchUp().then(() => this.#send({ kind: 'caught-up', id }));
      return;
    }
    this.#counts = message.counts;
    if (message.kind === 'answer') this.#calls.get(message.id)?.({ result: message.result });
    if (message.kind === 'refusal') this.#calls.get(message.id)?.({ reason: new GwctlError(message.code, `worker ${this.number}: ${message.message}`) });
  }

  #end(): void {
    this.#isGone = true;
    this.isCalled = false;
    this.isServing = false;
    this.#counts = NOTHING;
    for (const settle of [...this.#calls.values()]) settle({ reason: new WorkerGone(`${this.#name} is gone`) });
  }
}
