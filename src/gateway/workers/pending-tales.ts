/** For so long the answer to a client waits at most until the others know of its producer. */
export const TALE_MS = 1500;

/** What a worker has told the primary and waits for the others to know. */
export class PendingTales {
  readonly #pending = new Map<number, () => void>();
  #lastId = 0;

  begin(): { readonly id: number; readonly told: Promise<void> } {
    const id = ++this.#lastId;
    const told = new Promise<void>((resolve) => {
      const timer = setTimeout(() => this.told(id), TALE_MS);
      this.#pending.set(id, () => {
        clearTimeout(timer);
        resolve();
      });
    });
    return { id, told };
  }

  told(id: number): void {
    this.#pending.get(id)?.();
    this.#pending.delete(id);
  }
}
