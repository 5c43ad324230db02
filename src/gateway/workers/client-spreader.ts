import type { Socket } from 'node:net';
import type { HandedClient, WorkerProcess } from './worker-process.ts';

/** Clients that wait here while no worker serves: as many as the backlog of a port would hold. */
const MAX_WAITING = 1024;

/** Gives clients to workers, in turn. Who was given to a worker that died before it took them goes to another one. */
export class ClientSpreader {
  readonly #workers: () => Iterable<WorkerProcess>;
  #waiting: HandedClient[] = [];
  #last = 0;

  constructor(workers: () => Iterable<WorkerProcess>) {
    this.#workers = workers;
  }

  take(nodeId: number, socket: Socket): void {
    socket.on('error', () => {}); // a client that goes away while nobody reads from it
    this.spread([{ nodeId, socket }]);
  }

  /** Called with what a worker left, and with nothing when one more serves. */
  spread(clients: readonly HandedClient[]): void {
    const all = [...this.#waiting, ...clients];
    this.#waiting = [];
    for (const client of all) {
      const worker = this.#next();
      if (worker !== undefined) worker.hand(client);
      else if (this.#waiting.length < MAX_WAITING) this.#waiting.push(client);
      else client.socket.destroy();
    }
  }

  close(): void {
    for (const { socket } of this.#waiting) socket.destroy();
    this.#waiting = [];
  }

  /** The serving worker with the next higher number than the last one, or the first. */
  #next(): WorkerProcess | undefined {
    const serving = [...this.#workers()].filter(({ isServing }) => isServing).sort((a, b) => a.number - b.number);
    const worker = serving.find(({ number }) => number > this.#last) ?? serving[0];
    if (worker !== undefined) this.#last = worker.number;
    return worker;
  }
}
