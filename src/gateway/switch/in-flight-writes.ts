/** Writes that were handed to a broker and are not answered yet, over all connections of the node. A drain waits for none to be left. */
export class InFlightWrites {
  #count = 0;
  readonly #waiting = new Set<() => void>();

  get count(): number {
    return this.#count;
  }

  begin(): void {
    this.#count++;
  }

  end(): void {
    this.#count--;
    if (this.#count === 0) for (const wake of [...this.#waiting]) wake();
  }

  /** true once no write is in flight, false when that takes longer than `timeoutMs`. */
  async drained(timeoutMs: number): Promise<boolean> {
    if (this.#count === 0) return true;
    return await new Promise<boolean>((resolve) => {
      const settle = (verdict: boolean): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve(verdict);
      };
      const wake = (): void => settle(true);
      const timer = setTimeout(() => settle(false), timeoutMs);
      this.#waiting.add(wake);
    });
  }
}
