import type { Socket } from 'node:net';

/** Longer than it takes from a node's preparation to its flip, and shorter than a broker keeps a connection that is idle (10 minutes by default). */
const LIFE_MS = 120_000;
/** Clients are served meanwhile, and by the same processor. */
const AT_ONCE = 4;
/** Of one process: each takes a file descriptor, and clients that come need theirs. */
const MOST = 1000;

/**
 * Connections to a cluster that is about to be switched to, opened before anybody waits for them. Clients that all connect in the moment in which
 * writes go on wait for up to 0.7 s, longer than the switch itself takes (bench 03, 120 connections of two nodes on two busy cores).
 */
export class ReadySockets {
  readonly #open: (nodeId: number) => Promise<Socket>;
  readonly #ready = new Map<number, Socket[]>();
  #fill = 0;

  /** `open` connects to that broker and to no other. */
  constructor(open: (nodeId: number) => Promise<Socket>) {
    this.#open = open;
  }

  /** Opens as many to each broker as `wanted` says, with those that are ready already. Never rejects: what cannot be opened here is opened by whoever needs it, who can say why not. */
  async fill(wanted: ReadonlyMap<number, number>): Promise<void> {
    const fill = ++this.#fill;
    const missing = [...wanted].flatMap(([nodeId, count]) => Array.from<number>({ length: Math.max(0, count - this.#usable(nodeId).length) }).fill(nodeId)).slice(0, Math.max(0, MOST - this.#size));
    const openNext = async (): Promise<void> => {
      for (let nodeId = missing.pop(); nodeId !== undefined && fill === this.#fill; nodeId = missing.pop()) {
        const socket = await this.#open(nodeId).catch(() => undefined);
        if (socket === undefined) continue;
        if (fill === this.#fill) this.#keep(nodeId, socket);
        else socket.destroy();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, openNext));
  }

  /** One that is open still. Without one nothing more is opened: now everybody connects by themselves. */
  take(nodeId: number): Socket | undefined {
    const socket = this.#usable(nodeId).pop();
    if (socket === undefined) this.#fill++;
    return socket?.setTimeout(0, end);
  }

  close(): void {
    this.#fill++;
    for (const sockets of this.#ready.values()) for (const socket of sockets) socket.destroy();
    this.#ready.clear();
  }

  #keep(nodeId: number, socket: Socket): void {
    socket.on('error', ignore).setTimeout(LIFE_MS, end);
    this.#usable(nodeId).push(socket);
  }

  get #size(): number {
    return [...this.#ready.values()].reduce((sum, sockets) => sum + sockets.length, 0);
  }

  #usable(nodeId: number): Socket[] {
    const sockets = (this.#ready.get(nodeId) ?? []).filter(({ destroyed }) => !destroyed);
    this.#ready.set(nodeId, sockets);
    return sockets;
  }
}

/** One that breaks is not handed out; and who has got it hears of its end in other ways. */
function ignore(): void {}

function end(this: Socket): void {
  this.destroy();
}
