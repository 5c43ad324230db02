import type { BackendRoutes } from '../backend/backend-routes.ts';
import { coordinatorKeyOf } from '../backend/coordinator-key.ts';
import type { Soon } from '../bytes/soon.ts';
import type { NodeContext } from '../node-context.ts';
import type { Exchange } from './exchange-queue.ts';

/** How often one request is sent on to another coordinator, at most: more says that the cluster itself does not know. */
const MAX_DETOURS = 3;
/** `via` of a request whose coordinator is looked for: no broker's id. */
const NOWHERE = -1;

/** Requests of one connection that were asked of a broker which is not their coordinator; sent on one after the other. */
export class Detours {
  readonly #node: NodeContext;
  readonly #nodeId: number;
  readonly #routes: BackendRoutes;
  readonly #over: AbortSignal;
  readonly #failed: (reason: unknown) => void;
  #last: Promise<void> = Promise.resolve();

  constructor(node: NodeContext, nodeId: number, routes: BackendRoutes, over: AbortSignal, failed: (reason: unknown) => void) {
    this.#node = node;
    this.#nodeId = nodeId;
    this.#routes = routes;
    this.#over = over;
    this.#failed = failed;
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
        exchange.via = route.via === this.#nodeId ? undefined : route.via;
        void route.link.write(frame);
        route.link.flush();
      })
      .catch(this.#failed);
    return true;
  }
}
