import { GwctlError } from '../../shared/errors.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { openAudit } from '../audit/open-audit.ts';
import { Backing } from '../backing.ts';
import { socketOfHandle } from '../listening/listen.ts';
import { LocalServing } from '../local-serving.ts';
import type { Log } from '../log.ts';
import { createProcessMetrics } from '../metrics.ts';
import type { ServingCounts } from '../serving.ts';
import type { ProducerTeller } from '../transactions/producer-note.ts';
import { AckRelay } from './ack-relay.ts';
import { PendingTales } from './pending-tales.ts';
import { PrimaryWatch } from './primary-watch.ts';
import type { FromWorker, ServingState, ToWorker, WorkerCalls, WorkerOptions, WorkerVerb } from './worker-messages.ts';

/** How a process that was forked talks to the one that forked it. */
export interface ParentChannel {
  send(message: unknown): void;
  /** `handle` is what came along with the message. */
  onMessage(hear: (message: unknown, handle: unknown) => void): void;
  /** The other end is gone; called at once when it is already. */
  onClosed(closed: () => void): void;
}

const COUNTS_MS = 100;
/** Within the time that the primary gives a worker for its end. */
const AUDIT_CLOSE_MS = 1500;
const NOTHING: ServingCounts = { connections: 0, heldWrites: 0, inFlightWrites: 0 };

/**
 * Serves clients for a primary. Resolves when the primary is gone: the process must end then, at once and in whatever way, since nobody tells it
 * of a switch any more.
 */
export async function serveAsWorker(parent: ParentChannel, openLog: (options: WorkerOptions) => Log): Promise<void> {
  const send = (message: FromWorker): void => parent.send(message);
  const tales = new PendingTales();
  const primary = new PrimaryWatch(send);
  const relay = new AckRelay((cluster, acknowledged) => send({ kind: 'acknowledged', cluster, acknowledged }));
  const worker = new Worker(openLog, relay, (transactionalId, note, isAwaited) => {
    const tale = isAwaited ? tales.begin() : undefined;
    send({ kind: 'producer', id: tale?.id, transactionalId, note });
    return tale?.told;
  }, primary);
  let told = NOTHING;
  parent.onMessage((message, handle) => {
    const heard = message as ToWorker;
    primary.heard(heard);
    if (heard.kind === 'alive' || heard.kind === 'caught-up') return;
    if (heard.kind === 'client') {
      send({ kind: 'taken', id: heard.id });
      worker.take(heard.nodeId, handle);
      return;
    }
    if (heard.kind === 'told') {
      tales.told(heard.id);
      return;
    }
    const { id, verb, args } = heard;
    void worker.handle(verb, args).then(
      (result) => send({ kind: 'answer', id, counts: worker.counts, result }),
      (reason: unknown) => {
        const { code, message: text } = GwctlError.from(reason);
        send({ kind: 'refusal', id, counts: worker.counts, code, message: text });
      },
    );
  });
  setInterval(() => {
    const { counts } = worker;
    if (counts.connections === told.connections && counts.heldWrites === told.heldWrites && counts.inFlightWrites === told.inFlightWrites) return;
    told = counts;
    send({ kind: 'counts', counts });
  }, COUNTS_MS).unref();
  await new Promise<void>((resolve) => parent.onClosed(resolve));
}

interface Parts {
  readonly backing: Backing;
  readonly audit: AuditLog;
  readonly serving: LocalServing;
}

/** The calls of the primary, over a backing and a serving of this process. */
class Worker {
  readonly #openLog: (options: WorkerOptions) => Log;
  readonly #relay: AckRelay;
  readonly #teller: ProducerTeller;
  readonly #primary: PrimaryWatch;
  readonly #readProcess = createProcessMetrics();
  readonly #calls: WorkerCalls;
  #parts: Parts | undefined;
  /** One move at a time, in the order in which they were asked for. */
  #moving: Promise<unknown> = Promise.resolve();

  constructor(openLog: (options: WorkerOptions) => Log, relay: AckRelay, teller: ProducerTeller, primary: PrimaryWatch) {
    this.#primary = primary;
    this.#relay = relay;
    this.#openLog = openLog;
    this.#teller = teller;
    this.#calls = {
      start: (options) => this.#start(options),
      serve: (state) => this.#serve(state),
      learnProducer: async (transactionalId, note) => this.#serving.learnProducers([[transactionalId, note]]),
      prepare: (to) => this.#serving.prepare(to),
      drainGroups: (timeoutMs) => this.#serving.drainGroups(timeoutMs),
      openGroups: (verdict) => this.#serving.openGroups(verdict),
      closeGate: () => this.#serving.closeGate(),
      openGate: () => this.#serving.openGate(),
      cutOff: () => this.#serving.cutOff(),
      settleWrites: (timeoutMs) => this.#serving.settleWrites(timeoutMs),
      abortTransactions: (timeoutMs) => this.#serving.abortTransactions(timeoutMs),
      settleAcknowledged: async () => this.#relay.flush(),
      flip: (to, generation, left) => this.#move(() => this.#serving.flip(to, generation, left)),
      metrics: async () => [...(await this.#readProcess()), ...(await this.#serving.metrics())],
      close: async () => {
        await this.#serving.close();
        this.#relay.flush();
        await this.#parts?.audit.close(AUDIT_CLOSE_MS);
      },
    };
  }

  get counts(): ServingCounts {
    return this.#parts?.serving.counts ?? NOTHING;
  }

  async handle(verb: WorkerVerb, args: readonly unknown[]): Promise<unknown> {
    const call = this.#calls[verb] as (...all: readonly unknown[]) => Promise<unknown>;
    return await call(...args);
  }

  take(nodeId: number, handle: unknown): void {
    this.#serving.take(nodeId, socketOfHandle(handle));
  }

  get #serving(): LocalServing {
    if (this.#parts === undefined) throw new GwctlError('INTERNAL', 'a worker was called before it was started');
    return this.#parts.serving;
  }

  async #start(options: WorkerOptions): Promise<void> {
    const log = this.#openLog(options);
    const backing = new Backing({ ...options, log }, options.memory);
    await backing.load();
    const audit: AuditLog = openAudit(`${options.node.name}/${options.number}`, backing, () => this.#serving, log);
    this.#parts = { backing, audit, serving: new LocalServing(backing, options, log, audit, this.#relay, { teller: this.#teller, catchUp: () => this.#primary.catchUp(), silentMs: () => this.#primary.silentMs() }) };
  }

  async #serve({ generation, active, left, isGateClosed, areGroupsDraining, settlingMs, producers }: ServingState): Promise<void> {
    // Before the first await: what is ordered next must find it done.
    const serving = this.#serving;
    if (isGateClosed) void serving.closeGate();
    if (areGroupsDraining) void serving.drainGroups(0);
    await this.#move(async () => {
      const { backing } = this.#parts as Parts;
      if (backing.generation === generation) backing.wasLeft(left);
      else await serving.flip(active, generation, left);
      // As of that generation: a move would make what is here of them something else.
      serving.learnProducers(producers);
      if (settlingMs > 0) await backing.active.learnLeaders();
      backing.settle(settlingMs);
    });
  }

  async #move(move: () => Promise<void>): Promise<void> {
    const mine = this.#moving.then(move, move);
    this.#moving = mine;
    await mine;
  }
}
