import type { Acknowledgement, AckSink } from '../acknowledged/acknowledgement.ts';

/** What dies with a worker that is killed is not older than this. */
const RELAY_MS = 20;

/** Tells the primary what this worker's producers were told: it remembers for the whole node, and longer than a worker may live. */
export class AckRelay implements AckSink {
  readonly #send: (cluster: string, acknowledged: readonly Acknowledgement[]) => void;
  #cluster = '';
  #pending: Acknowledgement[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(send: (cluster: string, acknowledged: readonly Acknowledgement[]) => void) {
    this.#send = send;
  }

  add(cluster: string, acknowledged: readonly Acknowledgement[]): void {
    if (cluster !== this.#cluster) this.flush();
    this.#cluster = cluster;
    this.#pending.push(...acknowledged);
    this.#timer ??= setTimeout(() => this.flush(), RELAY_MS);
  }

  /** All of it is on its way when this returns. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pending.length > 0) this.#send(this.#cluster, this.#pending);
    this.#pending = [];
  }
}
