import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { GwctlError } from '../../shared/errors.ts';
import { Progress } from '../../shared/progress.ts';
import type { AckMemory } from '../acknowledged/ack-memory.ts';
import type { Backing } from '../backing.ts';
import { tableOf } from '../local-serving.ts';
import type { Log } from '../log.ts';
import { countersOf, mergeMetrics, type MetricSnapshot } from '../metrics.ts';
import { sumCounts, type Serving, type ServingCounts } from '../serving.ts';
import { unlessHeld } from '../switch/held-changes.ts';
import { InFlightWrites } from '../switch/in-flight-writes.ts';
import type { PrepareFindings } from '../switch/switch-controller.ts';
import { WriteGate } from '../switch/write-gate.ts';
import type { ProducerNote } from '../transactions/producer-note.ts';
import { Transactions } from '../transactions/transactions.ts';
import { ClientSpreader } from './client-spreader.ts';
import { RestartPolicy } from './restart-policy.ts';
import type { ServingState, WorkerCalls, WorkerOptions, WorkerVerb } from './worker-messages.ts';
import { WorkerGone, WorkerProcess } from './worker-process.ts';

/** A worker that starts has a cluster to read. */
const START_MS = 30_000;
/** What is done in memory, however busy the worker is. */
const ANSWER_MS = 3000;
/** Both are shorter than the 10 s that a caller of a node's admin API waits: it shall hear which worker it was. */
const PREPARE_MS = 8000;
const FLIP_MS = 4000;
/** From the answer of the last worker that flipped until those that had to be replaced serve. A flip that fails here is repeated. */
const REPLACED_MS = 5000;
const METRICS_MS = 2000;
/** Shorter than a worker waits, which then goes on: one that hangs costs a producer this once a transaction, not its life. */
const LEARN_MS = 1000;
/** Whoever wants to know what would be lost waits for it. */
const ACKNOWLEDGED_MS = 1000;
const CLOSE_MS = 2000;

/** The node that a pool serves for. */
export interface PoolOwner {
  /** Starts worker number n. */
  readonly fork: (number: number) => ChildProcess;
  /** Resolves when the node has gone after every switch that it can know of. */
  readonly catchUp: () => Promise<void>;
}

/**
 * Serves clients in several processes, as if it were one.
 *
 *   port ─► primary ─► worker 1 … n ─► brokers
 *             │ verbs, with a deadline ─► all workers; done when all are
 *
 * No two workers ever serve different clusters: an order that a worker must not miss (flip, the end of a pause) and does not follow ends the
 * worker, and whoever replaces it starts where the node is by then. An order that may fail does, and names the worker. Orders reach a worker in
 * the order in which they were given, so that one that was stopped and goes on obeys the flip before the end of the pause.
 */
export class WorkerPool implements Serving {
  /** Resolves when a worker cannot be kept alive. */
  readonly failed: Promise<GwctlError>;
  readonly #backing: Backing;
  readonly #options: Omit<WorkerOptions, 'number' | 'memory'>;
  readonly #fork: PoolOwner['fork'];
  readonly #catchUp: PoolOwner['catchUp'];
  readonly #log: Log;
  readonly #acknowledged: AckMemory;
  readonly #workers = new Map<number, WorkerProcess>();
  readonly #keepers: Promise<void>[] = [];
  readonly #spreader = new ClientSpreader(() => this.#workers.values());
  readonly #over = new AbortController();
  readonly #progress = new Progress();
  /** For the changes that the primary itself makes. */
  readonly #gate: WriteGate;
  readonly #inFlight = new InFlightWrites();
  /** What all workers know of producers, for those that start, and what those that are gone had open: nobody else would end that before a switch. */
  readonly #orphans: Transactions;
  #areGroupsDraining = false;
  /** What workers that are gone had counted. */
  #retired: readonly MetricSnapshot[] = [];
  #fail: (reason: GwctlError) => void = () => {};
  /** Why a worker could not start, or why the pool gave up: the end of the pool's own start. */
  #refusal: unknown;

  constructor(backing: Backing, options: Omit<WorkerOptions, 'number' | 'memory'>, { fork, catchUp }: PoolOwner, log: Log, acknowledged: AckMemory) {
    this.#backing = backing;
    this.#options = options;
    this.#fork = fork;
    this.#catchUp = catchUp;
    this.#log = log;
    this.#acknowledged = acknowledged;
    this.#gate = new WriteGate(options.settings.holdMs);
    this.#orphans = new Transactions(log, (transactionalId, note) => this.#tellWorkers(transactionalId, note));
    this.failed = new Promise((resolve) => {
      this.#fail = resolve;
    });
  }

  /** Resolves when all workers serve. Throws, and leaves none behind, when one cannot. */
  async start(): Promise<void> {
    for (let number = 1; number <= this.#size; number++) this.#keepers.push(this.#keep(number));
    try {
      await this.#allServe(START_MS, () => this.#refusal);
    } catch (reason) {
      await this.close();
      throw reason;
    }
  }

  get counts(): ServingCounts {
    return sumCounts([...[...this.#workers.values()].map(({ counts }) => counts), { connections: 0, heldWrites: 0, inFlightWrites: this.#inFlight.count }]);
  }

  get isHeld(): boolean {
    return !this.#gate.isOpen;
  }

  take(nodeId: number, socket: Socket): void {
    this.#spreader.take(nodeId, socket);
  }

  async prepare(to: string): Promise<PrepareFindings> {
    const [findings] = await Promise.all([this.#backing.prepare(to, tableOf(this.#options)), this.#callAll('prepare', [to], PREPARE_MS)]);
    return findings;
  }

  async drainGroups(timeoutMs: number): Promise<{ readonly members: number; readonly drained: number }> {
    this.#areGroupsDraining = true;
    const sum = { members: 0, drained: 0 };
    for (const { members, drained } of await this.#callAll('drainGroups', [timeoutMs], timeoutMs + ANSWER_MS)) {
      sum.members += members;
      sum.drained += drained;
    }
    return sum;
  }

  async openGroups(verdict: 'same' | 'moved'): Promise<void> {
    this.#areGroupsDraining = false;
    await this.#insist('openGroups', [verdict], ANSWER_MS);
  }

  async closeGate(insists = false): Promise<void> {
    this.#gate.close();
    if (insists) await this.#insist('closeGate', [], ANSWER_MS);
    else await this.#callAll('closeGate', [], ANSWER_MS);
  }

  async openGate(): Promise<void> {
    this.#gate.open();
    await this.#insist('openGate', [], ANSWER_MS);
  }

  async cutOff(): Promise<void> {
    await this.#insist('cutOff', [], ANSWER_MS);
  }

  /** A worker that is gone holds nothing up: it never acknowledged what it had not got an answer for. */
  async settleWrites(timeoutMs: number): Promise<boolean> {
    const [mine, theirs] = await Promise.all([this.#inFlight.drained(timeoutMs), this.#callAll('settleWrites', [timeoutMs], timeoutMs + ANSWER_MS)]);
    return mine && theirs.every((isSettled) => isSettled);
  }

  /** After all have settled: what one aborts, another one may have been writing. */
  async abortTransactions(timeoutMs: number): Promise<number> {
    const [orphans, ...counts] = await Promise.all([this.#orphans.abortOpen(this.#backing.active.client, timeoutMs), this.#callAll('abortTransactions', [timeoutMs], timeoutMs + ANSWER_MS)]);
    return counts.flat().reduce((sum, count) => sum + count, orphans);
  }

  async settleAcknowledged(): Promise<void> {
    await this.#callAll('settleAcknowledged', [], ACKNOWLEDGED_MS);
  }

  async flip(to: string, generation: number, left: number): Promise<void> {
    await Promise.all([this.#moveTo(to, generation, left), this.#insist('flip', [to, generation, left], FLIP_MS)]);
    await this.#allServe(REPLACED_MS);
  }

  async #moveTo(to: string, generation: number, left: number): Promise<void> {
    await this.#backing.moveTo(to, generation, left);
    // At once: a worker that starts from here on is told what its producers are on this cluster.
    for (const { transactions } of this.#workers.values()) transactions.clear();
    this.#orphans.moved(this.#backing.active.client);
  }

  /** A producer, as a worker knows it, for all others. Resolves when they know it, or have taken too long. */
  async #heard(from: WorkerProcess, transactionalId: string, note: ProducerNote): Promise<void> {
    const { isOpen } = note;
    const isNew = isOpen && ![...this.#workers.values()].some(({ transactions }) => transactions.has(transactionalId));
    if (isNew) from.transactions.add(transactionalId);
    if (!isOpen) for (const { transactions } of this.#workers.values()) transactions.delete(transactionalId);
    this.#orphans.learn(transactionalId, note);
    await this.#tellWorkers(transactionalId, note, from);
  }

  async #tellWorkers(transactionalId: string, note: ProducerNote, from?: WorkerProcess): Promise<void> {
    if (this.#options.disabledGuards?.has('share-producers') === true) return;
    const others = [...this.#workers.values()].filter((worker) => worker !== from && worker.isCalled);
    await Promise.all(others.map((worker) => worker.call('learnProducer', [transactionalId, note], LEARN_MS).catch(() => {})));
  }

  async hold(change: () => Promise<void>): Promise<void> {
    await unlessHeld({ gate: this.#gate, inFlight: this.#inFlight }, change);
  }

  async metrics(): Promise<readonly MetricSnapshot[]> {
    const workers = [...this.#workers.values()].filter(({ isCalled }) => isCalled);
    await Promise.all(
      workers.map(async (worker) => {
        // Who does not answer is shown as it was.
        worker.lastMetrics = await worker.call('metrics', [], METRICS_MS).catch(() => worker.lastMetrics);
      }),
    );
    return await mergeMetrics([...workers.map(({ lastMetrics }) => lastMetrics), this.#retired]);
  }

  async close(): Promise<void> {
    this.#over.abort();
    this.#spreader.close();
    await Promise.all(
      [...this.#workers.values()].map(async (worker) => {
        await worker.call('close', [], CLOSE_MS).catch(() => {});
        worker.kill();
      }),
    );
    await Promise.all(this.#keepers);
  }

  get #size(): number {
    return this.#options.node.workers;
  }

  get #isOver(): boolean {
    return this.#over.signal.aborted;
  }

  get #state(): ServingState {
    const { generation, active, left, settlingMs } = this.#backing;
    return { generation, active: active.name, left, isGateClosed: !this.#gate.isOpen, areGroupsDraining: this.#areGroupsDraining, settlingMs, producers: this.#options.disabledGuards?.has('share-producers') === true ? [] : this.#orphans.notes() };
  }

  /** Has worker `number` running until the pool is closed or gives up. */
  async #keep(number: number): Promise<void> {
    const policy = new RestartPolicy();
    while (!this.#isOver) {
      const startedMs = performance.now();
      const worker: WorkerProcess = new WorkerProcess(number, this.#fork(number), {
        heard: (transactionalId, note) => this.#heard(worker, transactionalId, note),
        acknowledged: (cluster, acknowledged) => this.#acknowledged.add(cluster, acknowledged),
        hasRoom: () => this.#spreader.spread([]),
        catchUp: this.#catchUp,
      });
      this.#workers.set(number, worker);
      await this.#bringUp(worker);
      const how = await worker.exited;
      this.#retired = await mergeMetrics([countersOf(worker.lastMetrics), this.#retired]);
      this.#progress.made();
      for (const transactionalId of worker.transactions) this.#orphans.adopt(transactionalId);
      const left = worker.leftClients();
      if (this.#isOver) return left.forEach(({ socket }) => socket.destroy());
      this.#spreader.spread(left);
      // Its last words may not have come.
      this.#acknowledged.forgot(this.#backing.active.name, `worker ${number} was ${how}`);
      const waitMs = policy.died(performance.now() - startedMs);
      this.#log.warn(`a worker is gone: ${how}`, { worker: number, process: worker.pid });
      if (waitMs === 'give up') return this.#giveUp(new GwctlError('UNAVAILABLE', `worker ${number} ends again and again right after its start (last: ${how}); its lines above say why`));
      await delay(waitMs, undefined, { signal: this.#over.signal }).catch(() => {});
    }
  }

  #giveUp(reason: GwctlError): void {
    this.#refusal ??= reason;
    this.#fail(reason);
    this.#progress.made();
  }

  async #bringUp(worker: WorkerProcess): Promise<void> {
    const { generation, active } = this.#backing;
    try {
      await worker.call('start', [{ ...this.#options, number: worker.number, memory: { generation, active: active.name } }], START_MS);
      // From the moment that its state is sent, it hears of every change of that state.
      worker.isCalled = true;
      await worker.call('serve', [this.#state], START_MS);
      worker.isServing = true;
      this.#spreader.spread([]);
      this.#log.info('a worker serves', { worker: worker.number, process: worker.pid });
    } catch (reason) {
      if (!(reason instanceof WorkerGone) && !this.#isOver) {
        this.#refusal ??= reason;
        this.#log.warn(`a worker does not start: ${messageOf(reason)}`, { worker: worker.number });
      }
      worker.kill();
    }
    this.#progress.made();
  }

  /** Answers of all workers that are there; whoever dies meanwhile has none to give. Throws what the first one throws. */
  async #callAll<Verb extends WorkerVerb>(verb: Verb, args: Parameters<WorkerCalls[Verb]>, limitMs: number): Promise<Awaited<ReturnType<WorkerCalls[Verb]>>[]> {
    const workers = [...this.#workers.values()].filter(({ isCalled }) => isCalled);
    const answers = await Promise.all(
      workers.map(async (worker) => {
        try {
          return [await worker.call(verb, args, limitMs)];
        } catch (reason) {
          if (reason instanceof WorkerGone) return [];
          throw reason;
        }
      }),
    );
    return answers.flat() as Awaited<ReturnType<WorkerCalls[Verb]>>[];
  }

  /** Orders that a worker follows, or ends. */
  async #insist<Verb extends WorkerVerb>(verb: Verb, args: Parameters<WorkerCalls[Verb]>, limitMs: number): Promise<void> {
    const workers = [...this.#workers.values()].filter(({ isCalled }) => isCalled);
    await Promise.all(
      workers.map(async (worker) => {
        try {
          await worker.call(verb, args, limitMs);
        } catch (reason) {
          if (reason instanceof WorkerGone) return;
          this.#log.warn(`a worker is replaced: ${messageOf(reason)}`, { worker: worker.number });
          worker.kill();
        }
      }),
    );
  }

  async #allServe(limitMs: number, failure: () => unknown = () => undefined): Promise<void> {
    const missing = (): number[] => Array.from({ length: this.#size }, (_, index) => index + 1).filter((number) => this.#workers.get(number)?.isServing !== true);
    const isInTime = await this.#progress.until(() => missing().length === 0 || failure() !== undefined, limitMs);
    const reason = failure();
    if (missing().length > 0 && reason !== undefined) throw reason;
    if (!isInTime) throw new GwctlError('UNAVAILABLE', `worker ${missing().join(', ')} does not serve yet, after ${limitMs} ms: it is being started`);
  }
}

function messageOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}
