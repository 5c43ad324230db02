import type { BackendRoutes } from '../backend/backend-routes.ts';
import { coordinatorKeyOf } from '../backend/coordinator-key.ts';
import type { Soon } from '../bytes/soon.ts';
import type { NodeContext } from '../node-context.ts';
import type { Exchange } from './exchange-queue.ts';

/** How often one request is sent on to another coordinator, at most: more says that the cluster itself does not know. */
const MAX_DETOURS = 3;
/** `via` of a request whose coordinator is looked for: no broker's id. */
const NOWHERE = -1;

/** What the connection knows, and hears. */
export interface DetourUser {
  /** Whether a frame written to that broker now begins a frame there, and is answered when its turn among those that are owed there comes. */
  mayAskNow(exchange: Exchange, via: number | undefined): boolean;
  failed(reason: unknown): void;
}

/** Requests of one connection that were asked of a broker which is not their coordinator; sent on one after the other. */
export class Detours {
  readonly #node: NodeContext;
  readonly #nodeId: number;
  readonly #routes: BackendRoutes;
  readonly #over: AbortSignal;
  readonly #user: DetourUser;
  #last: Promise<void> = Promise.resolve();

  constructor(node: NodeContext, nodeId: number, routes: BackendRoutes, over: AbortSignal, user: DetourUser) {
    this.#node = node;
    this.#nodeId = nodeId;
    this.#routes = routes;
    this.#over = over;
    this.#user = user;
  }

  /** Asks the coordinator instead of broker `asked`, and calls `giveUp` when there is no other; false when that was tried often enough. */
  send(exchange: Exchange, asked: number, giveUp: () => Soon<void>): boolean {
    const { apiKey, request, frame, detours = 0 } = exchange;
    const key = request === undefined ? undefined : coordinatorKeyOf(apiKey, request);
    if (key === undefined || frame === undefined || detours >= MAX_DETOURS) return false;
    const { generation } = this.#node;
    exchange.via = NOWHERE;
    exchange.detours = detours + 1;
    this.#last = this.#last
      .then(async () => {
        const route = await this.#routes.detour(key, asked).catch(() => undefined);
        // A move has taken care of it, or the client is gone.
        if (exchange.via !== NOWHERE || generation !== this.#node.generation || this.#over.aborted) return;
        if (route === undefined || !this.#routes.isCurrent(route)) return await giveUp();
        const via = route.via === this.#nodeId ? undefined : route.via;
        if (!this.#user.mayAskNow(exchange, via)) return await giveUp();
        exchange.via = via;
        void route.link.write(frame);
        route.link.flush();
      })
      .catch((reason: unknown) => this.#user.failed(reason));
    return true;
  }
}
