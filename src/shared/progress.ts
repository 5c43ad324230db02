/** Lets others wait for something that changes now and then: whoever changes it says so, and each that waits looks again. */
export class Progress {
  readonly #looks = new Set<() => void>();

  made(): void {
    for (const look of this.#looks) look();
  }

  /** true once `isSo`, also when it is so for a moment only; false when that takes longer than `timeoutMs`. */
  async until(isSo: () => boolean, timeoutMs: number): Promise<boolean> {
    if (isSo()) return true;
    return await new Promise<boolean>((resolve) => {
      const settle = (verdict: boolean): void => {
        clearTimeout(timer);
        this.#looks.delete(look);
        resolve(verdict);
      };
      const look = (): void => {
        if (isSo()) settle(true);
      };
      const timer = setTimeout(() => settle(false), timeoutMs);
      this.#looks.add(look);
    });
  }
}
