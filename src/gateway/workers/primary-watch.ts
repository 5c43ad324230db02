import type { FromWorker, ToWorker } from './worker-messages.ts';

const ASK_MS = 200;
/** A primary that is only busy answers sooner. */
const PATIENCE_MS = 500;

/** The primary alone reads of switches: a worker that does not hear from it must not go on as if nothing had happened. */
export class PrimaryWatch {
  readonly #send: (message: FromWorker) => void;
  readonly #catchingUp = new Map<number, () => void>();
  #heardAtMs = performance.now();
  #lastId = 0;

  constructor(send: (message: FromWorker) => void) {
    this.#send = send;
    setInterval(() => send({ kind: 'is-alive' }), ASK_MS).unref();
  }

  /** To be called with everything that it says. */
  heard(message: ToWorker): void {
    this.#heardAtMs = performance.now();
    if (message.kind !== 'caught-up') return;
    this.#catchingUp.get(message.id)?.();
    this.#catchingUp.delete(message.id);
  }

  /** For how long it has not been heard, beyond what is usual. */
  silentMs(): number {
    return Math.max(0, performance.now() - this.#heardAtMs - PATIENCE_MS);
  }

  /** Resolves when the primary has gone after every switch that it can know of; never while it is stopped. */
  async catchUp(): Promise<void> {
    const id = ++this.#lastId;
    await new Promise<void>((resolve) => {
      this.#catchingUp.set(id, resolve);
      this.#send({ kind: 'catch-up', id });
    });
  }
}
