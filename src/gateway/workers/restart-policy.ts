export interface RestartOptions {
  /** Whoever dies sooner after its start than this never really ran. */
  readonly quickMs: number;
  /** So many quick deaths in a row are enough. */
  readonly maxQuickDeaths: number;
  /** Before the start after the first quick death; doubled after each further one. */
  readonly firstDelayMs: number;
}

export const RESTART_DEFAULTS: RestartOptions = { quickMs: 5000, maxQuickDeaths: 3, firstDelayMs: 250 };

/** When a worker that died is started again. */
export class RestartPolicy {
  readonly #options: RestartOptions;
  #quickDeaths = 0;

  constructor(options: RestartOptions = RESTART_DEFAULTS) {
    this.#options = options;
  }

  /** How long to wait before the next start, or 'give up'. One that had run for a while is started again at once. */
  died(livedMs: number): number | 'give up' {
    const { quickMs, maxQuickDeaths, firstDelayMs } = this.#options;
    if (livedMs >= quickMs) {
      this.#quickDeaths = 0;
      return 0;
    }
    this.#quickDeaths++;
    return this.#quickDeaths >= maxQuickDeaths ? 'give up' : firstDelayMs * 2 ** (this.#quickDeaths - 1);
  }
}
