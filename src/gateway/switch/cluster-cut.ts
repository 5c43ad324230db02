/** While a cluster is given up that may not answer: nobody waits for it, and whoever wants a connection gets one to where the node goes. */
export class ClusterCut {
  #isOn = false;
  readonly #waiting = new Set<() => void>();

  get isOn(): boolean {
    return this.#isOn;
  }

  begin(): void {
    this.#set(true);
  }

  end(): void {
    this.#set(false);
  }

  /** Waits while the cluster is cut, and then opens what is wanted; anew when the cluster is cut meanwhile. `close` gets what comes too late. */
  async open<T>(open: () => Promise<T>, close: (late: T) => void): Promise<T> {
    for (;;) {
      while (this.#isOn) await this.#change().changed;
      const { changed, forget } = this.#change();
      const opening = open().then((opened) => ({ opened }));
      const first = await Promise.race([opening, changed]).finally(forget);
      if (first !== undefined) return first.opened;
      opening.then(({ opened }) => close(opened), () => {});
    }
  }

  #change(): { readonly changed: Promise<undefined>; readonly forget: () => void } {
    let wake = (): void => {};
    const changed = new Promise<undefined>((resolve) => {
      wake = () => resolve(undefined);
      this.#waiting.add(wake);
    });
    return { changed, forget: () => this.#waiting.delete(wake) };
  }

  #set(isOn: boolean): void {
    if (isOn === this.#isOn) return;
    this.#isOn = isOn;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }
}
