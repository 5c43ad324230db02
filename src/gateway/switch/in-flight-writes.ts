import { Progress } from '../../shared/progress.ts';

/** Writes that were handed to a broker and are not answered yet, over all connections of the node. A drain waits for none to be left. */
export class InFlightWrites {
  #count = 0;
  readonly #progress = new Progress();

  get count(): number {
    return this.#count;
  }

  begin(): void {
    this.#count++;
  }

  end(): void {
    this.#count--;
    if (this.#count === 0) this.#progress.made();
  }

  /** true once no write is in flight, false when that takes longer than `timeoutMs`. */
  async drained(timeoutMs: number): Promise<boolean> {
    return await this.#progress.until(() => this.#count === 0, timeoutMs);
  }
}
