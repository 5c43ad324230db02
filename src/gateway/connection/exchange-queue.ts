import type { ProducedBatches } from '../acknowledged/produced-batches.ts';
import { clear } from '../bytes/clear.ts';
import type { Soon } from '../bytes/soon.ts';
import type { Charge } from '../limits/connection-traffic.ts';

/** One request of a client that is not answered yet. */
export interface Exchange {
  readonly correlationId: number;
  readonly apiKey: number;
  /** The client's; the broker may have been asked in an older one (see `brokerVersionOf`). */
  readonly apiVersion: number;
  /** 'backend': a broker answers it. 'local': the gateway does. 'internal': the gateway asked for itself, the answer goes nowhere. */
  readonly by: 'backend' | 'local' | 'internal';
  /** What was sent to the broker, for requests that may be sent again to another one; undefined for Produce. */
  readonly frame?: Buffer;
  /** The decoded request as it was sent, for answers that depend on it. */
  readonly request?: Record<string, unknown>;
  /** Adds to the client's answer what the broker was not asked. */
  readonly complete?: (answer: Record<string, unknown>) => void;
  /** Of a Produce request: whether its answer may go on without being decoded (see `answerPlainly`), asked when it is there. */
  readonly isPlain?: () => boolean;
  readonly isWrite: boolean;
  /** Of a Produce request: what is remembered once its client has the answer. */
  readonly produced?: ProducedBatches;
  /** What it counts for among its virtual cluster's limits; nothing when absent. */
  readonly charge?: Charge;
  /** The broker that it was sent to, where that is not the one of the client's port. */
  via?: number | undefined;
  /** How often it was sent on to another coordinator. */
  detours?: number;
}

interface Slot {
  readonly exchange: Exchange;
  readonly sinceMs: number;
  answer: Buffer | undefined;
  /** The answer is there, and an older one is not. */
  isKept: boolean;
  reached: (() => void) | undefined;
}

/**
 * The exchanges of one client connection, in request order. Answers leave in this order whoever makes them: a local answer waits for the
 * brokers' answers before it, and the other way round (hazard 00.3: an answer that overtakes another hangs a Java client for ever).
 */
export class ExchangeQueue {
  readonly #send: (frame: Buffer) => void;
  readonly #onAnswered: (exchange: Exchange, milliseconds: number) => void;
  readonly #onKept: (change: number) => void;
  #slots: Slot[] = [];
  #first = 0;
  #room: (() => void) | undefined;

  /** `onKept` is told by how many bytes the answers change that wait for an older one. */
  constructor(send: (frame: Buffer) => void, onAnswered: (exchange: Exchange, milliseconds: number) => void = () => {}, onKept: (change: number) => void = () => {}) {
    this.#send = send;
    this.#onAnswered = onAnswered;
    this.#onKept = onKept;
  }

  get length(): number {
    return this.#slots.length - this.#first;
  }

  push(exchange: Exchange): void {
    this.#slots.push({ exchange, sinceMs: performance.now(), answer: undefined, isKept: false, reached: undefined });
  }

  /** Waits until fewer than `limit` exchanges are open. */
  async room(limit: number): Promise<void> {
    while (this.length >= limit) {
      await new Promise<void>((resolve) => {
        this.#room = resolve;
      });
    }
  }

  /** The oldest exchange that a broker still owes an answer to: brokers answer in request order. `via` as in the exchange. */
  oldestOwed(via?: number): Exchange | undefined {
    for (let index = this.#first; index < this.#slots.length; index++) {
      const slot = this.#slots[index] as Slot;
      if (isOwed(slot) && slot.exchange.via === via) return slot.exchange;
    }
    return undefined;
  }

  /** Whether a broker owes an answer to a request that came after this one: brokers answer in the order in which they were asked. */
  isOwedAfter(exchange: Exchange, via?: number): boolean {
    const at = this.#slots.findIndex((slot) => slot?.exchange === exchange);
    return this.#slots.slice(at + 1).some((slot) => isOwed(slot) && slot.exchange.via === via);
  }

  owed(): Exchange[] {
    return this.#slots.slice(this.#first).filter(isOwed).map(({ exchange }) => exchange);
  }

  /** Waits until everything before this exchange has been answered: from then on its answer may be written piece by piece. */
  turnOf(exchange: Exchange): Soon<void> {
    const slot = this.#slotOf(exchange);
    if (slot === undefined || slot === this.#slots[this.#first]) return;
    return new Promise<void>((resolve) => {
      slot.reached = resolve;
    });
  }

  /** An answer in one piece; sent when its turn comes. An empty frame is no answer: the exchange just ends. False where it has one, or is given up. */
  answer(exchange: Exchange, frame: Buffer): boolean {
    const slot = this.#slotOf(exchange);
    if (slot === undefined || slot.answer !== undefined) return false;
    slot.answer = frame;
    slot.isKept = slot !== this.#slots[this.#first];
    if (slot.isKept) this.#onKept(frame.length);
    else this.#flush();
    return true;
  }

  /** Wakes whoever waits: nothing will be answered any more. */
  close(): void {
    for (const slot of this.#slots) slot?.reached?.();
    this.#slots = [];
    this.#first = 0;
    this.#room?.();
  }

  #slotOf(exchange: Exchange): Slot | undefined {
    for (let index = this.#first; index < this.#slots.length; index++) {
      const slot = this.#slots[index];
      if (slot?.exchange === exchange) return slot;
    }
    return undefined;
  }

  #flush(): void {
    for (;;) {
      const slot = this.#slots[this.#first];
      if (slot?.answer === undefined) {
        slot?.reached?.();
        break;
      }
      if (slot.isKept) this.#onKept(-slot.answer.length);
      if (slot.answer.length > 0) this.#send(slot.answer);
      this.#onAnswered(slot.exchange, performance.now() - slot.sinceMs);
      this.#first++;
    }
    if (this.#first === this.#slots.length) {
      clear(this.#slots);
      this.#first = 0;
    } else if (this.#first > 64) {
      // Shifting one by one costs the whole queue each time (style.md, "Measured traps").
      this.#slots.splice(0, this.#first);
      this.#first = 0;
    }
    const room = this.#room;
    this.#room = undefined;
    room?.();
  }
}

function isOwed({ exchange, answer }: Slot): boolean {
  return exchange.by !== 'local' && answer === undefined;
}
