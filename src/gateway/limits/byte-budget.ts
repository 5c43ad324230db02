interface Waiter {
  readonly bytes: number;
  /** true: its bytes were added. */
  readonly settle: (isGranted: boolean) => void;
}

/**
 * Bytes of one virtual cluster that this node has in its hands. While they reach the limit, whoever wants to read on waits, in order of
 * arrival. Below it a request passes whatever its size, so the limit is exceeded by one request at most, and a limit below the size of
 * one slows a tenant, and never stops it.
 */
export class ByteBudget {
  readonly #max: number;
  readonly #waiting = new Set<Waiter>();
  #used = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get used(): number {
    return this.#used;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Adds at once; true when there was room. */
  tryAcquire(bytes: number): boolean {
    if (this.#used >= this.#max || this.#waiting.size > 0) return false;
    this.#used += bytes;
    return true;
  }

  /** Waits for room, then adds; false, and nothing added, when `over` came first. */
  async acquire(bytes: number, over: AbortSignal): Promise<boolean> {
    if (over.aborted) return false;
    return await new Promise<boolean>((resolve) => {
      const settle = (isGranted: boolean): void => {
        over.removeEventListener('abort', expire);
        this.#waiting.delete(waiter);
        resolve(isGranted);
      };
      const expire = (): void => settle(false);
      const waiter: Waiter = { bytes, settle };
      over.addEventListener('abort', expire);
      this.#waiting.add(waiter);
      this.#grant();
    });
  }

  /** Adds what is there already, whatever the limit. */
  add(bytes: number): void {
    this.#used += bytes;
  }

  remove(bytes: number): void {
    this.#used -= bytes;
    this.#grant();
  }

  #grant(): void {
    while (this.#used < this.#max) {
      const [next] = this.#waiting;
      if (next === undefined) return;
      this.#used += next.bytes;
      next.settle(true);
    }
  }
}
