/** Numbers that look random, the same for the same seed. */
export function createDice(seed: number): (sides: number) => number {
  let state = (seed * 2654435761 + 1) >>> 0;
  return (sides) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}

/**
 * Lets one of the things go on that wait for the world, drawn by lot, and then everything that follows from it: so a run of real code is one
 * order of events, and its seed repeats it.
 */
export class Schedule {
  readonly dice: (sides: number) => number;
  /** What happened, for the person who has to understand it. */
  readonly trace: string[] = [];
  readonly #waiting: { readonly what: string; readonly go: () => void }[] = [];

  constructor(seed: number) {
    this.dice = createDice(seed);
  }

  get idle(): boolean {
    return this.#waiting.length === 0;
  }

  /** Waits for its turn. */
  async turn(what: string): Promise<void> {
    await new Promise<void>((resolve) => this.#waiting.push({ what, go: resolve }));
  }

  note(text: string): void {
    this.trace.push(text);
  }

  async step(): Promise<void> {
    const [chosen] = this.#waiting.splice(this.dice(this.#waiting.length), 1);
    if (chosen === undefined) return;
    this.trace.push(chosen.what);
    chosen.go();
    await settleMicrotasks();
  }
}

/** Everything that needs nobody else is done when this resolves. */
export async function settleMicrotasks(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}
