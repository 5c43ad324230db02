/** Writes that were handed to a broker and are not answered yet, over all connections of the node. A drain waits for none to be left. */
export class InFlightWrites {
  #count = 0;
  #ended = 0;
  readonly #waiting = new Set<() => void>();

  get count(): number {
    return this.#count;
  }

  begin(): void {
    this.#count++;
  }

  end(): void {
    this.#count--;
    this.#ended++;
    for (const look of [...this.#waiting]) look();
  }

  /** true once no write is in flight, false when that takes longer than `timeoutMs`. */
  async drained(timeoutMs: number): Promise<boolean> {
    return await this.#until(() => this.#count === 0, timeoutMs);
  }

  /** true once so many more were answered, whichever they are; false when that takes longer than `timeoutMs`. */
  async answered(count: number, timeoutMs: number): Promise<boolean> {
    const wanted = this.#ended + count;
    return await this.#until(() => this.#ended >= wanted, timeoutMs);
  }

  async #until(isSo: () => boolean, timeoutMs: number): Promise<boolean> {
    if (isSo()) return true;
    return await new Promise<boolean>((resolve) => {
      const settle = (verdict: boolean): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(verdict);
      };
      const look = (): void => {
        if (isSo()) settle(true);
      };
      const timer = setTimeout(() => settle(false), timeoutMs);
      this.#waiting.add(look);
    });
  }
}
