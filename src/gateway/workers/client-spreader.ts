import type { Socket } from 'node:net';
import type { HandedClient, WorkerProcess } from './worker-process.ts';

/** Clients that wait here while no worker has room for them: as many as the backlog of a port would hold. */
const MAX_WAITING = 1024;
/** Who has waited for so long has given up, or is about to: it connects again. */
const WAITING_MS = 10_000;

interface WaitingClient {
  readonly client: HandedClient;
  readonly sinceMs: number;
}

/**
 * Gives clients to workers, in turn, and no more at a time than a worker takes: what is on its way to one holds up the orders of a switch behind it.
 * Who was given to a worker that died before it took them goes to another one.
 */
export class ClientSpreader {
  readonly #workers: () => Iterable<WorkerProcess>;
  #waiting: WaitingClient[] = [];
  #last = 0;

  constructor(workers: () => Iterable<WorkerProcess>) {
    this.#workers = workers;
  }

  take(nodeId: number, socket: Socket): void {
    socket.on('error', () => {}); // a client that goes away while nobody reads from it
    this.spread([{ nodeId, socket }]);
  }

  /** Called with what a worker left, and with nothing when one has room again. */
  spread(clients: readonly HandedClient[]): void {
    const nowMs = performance.now();
    this.#waiting.push(...clients.map((client) => ({ client, sinceMs: nowMs })));
    let given = 0;
    for (const { client, sinceMs } of this.#waiting) {
      if (nowMs - sinceMs < WAITING_MS) {
        const worker = this.#next();
        if (worker === undefined) break;
        worker.hand(client);
      } else client.socket.destroy();
      given++;
    }
    for (const { client } of this.#waiting.slice(given + MAX_WAITING)) client.socket.destroy();
    this.#waiting = this.#waiting.slice(given, given + MAX_WAITING);
  }

  close(): void {
    for (const { client } of this.#waiting) client.socket.destroy();
    this.#waiting = [];
  }

  /** The serving worker that has room with the next higher number than the last one, or the first. */
  #next(): WorkerProcess | undefined {
    const serving = [...this.#workers()].filter(({ isServing, isFull }) => isServing && !isFull).sort((a, b) => a.number - b.number);
    const worker = serving.find(({ number }) => number > this.#last) ?? serving[0];
    if (worker !== undefined) this.#last = worker.number;
    return worker;
  }
}
