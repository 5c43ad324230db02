import { BackendLink } from './backend-link.ts';
import { StreamEnded } from './byte-source.ts';
import type { CoordinatorKey } from './coordinator-key.ts';
import type { NodeContext } from './node-context.ts';

/** A link, and the broker that it was made for. */
export interface Route {
  readonly via: number;
  readonly link: BackendLink;
}

/** What the connection does with its links. */
export interface RouteUser {
  /** A frame begins on that route. */
  nextAnswer(route: Route): Promise<void>;
  /** A route that was in use has ended. */
  lost(route: Route, reason: unknown): void;
  flush(): void;
  readonly over: AbortSignal;
}

/**
 * One client connection's links to the active cluster: to the broker whose port it came to and, where that is not the coordinator which the client
 * takes it for, to that one as well. Clients know coordinators by the cluster that was left, and one of them (@platformatic/kafka) asks for
 * its coordinator once in its life. A move replaces all links.
 */
export class BackendRoutes {
  readonly #node: NodeContext;
  readonly #nodeId: number;
  readonly #user: RouteUser;
  readonly #links = new Map<number, BackendLink>();
  readonly #connecting = new Map<number, Promise<Route>>();
  readonly #coordinators = new Map<string, number>();
  /** Read requests that the cluster that was left did not answer; asked first of the new one. */
  #again: readonly Buffer[] = [];

  constructor(node: NodeContext, nodeId: number, user: RouteUser) {
    this.#node = node;
    this.#nodeId = nodeId;
    this.#user = user;
  }

  /** The link to this port's broker, when there is one. */
  get main(): BackendLink | undefined {
    return this.#links.get(this.#nodeId);
  }

  /** The same, as a route. */
  get mainNow(): Route | undefined {
    const link = this.main;
    return link === undefined ? undefined : { via: this.#nodeId, link };
  }

  get(via: number | undefined): BackendLink | undefined {
    return this.#links.get(via ?? this.#nodeId);
  }

  /** Made at the first need, and again after each move. What it resolves to may be moved before the caller goes on: see `isCurrent`. */
  async to(key?: CoordinatorKey): Promise<Route> {
    const via = (key === undefined ? undefined : this.#coordinators.get(keyOf(key))) ?? this.#nodeId;
    const link = this.#links.get(via);
    if (link !== undefined && !link.isClosed) return { via, link };
    let connecting = this.#connecting.get(via);
    if (connecting === undefined) {
      connecting = this.#connect(via).finally(() => this.#connecting.delete(via));
      this.#connecting.set(via, connecting);
    }
    return await connecting;
  }

  isCurrent({ via, link }: Route): boolean {
    return this.#links.get(via) === link && !link.isClosed;
  }

  /** Looks for a coordinator after broker `asked` has said that it is none; undefined: no other is known. */
  async detour(key: CoordinatorKey, asked: number): Promise<Route | undefined> {
    const { generation } = this.#node;
    this.#coordinators.delete(keyOf(key));
    const found = await this.#node.coordinatorOf(key, asked);
    if (found === asked || generation !== this.#node.generation) return undefined;
    this.#coordinators.set(keyOf(key), found);
    return await this.to(key);
  }

  /** Stops reading between two frames and destroys all links; false when a frame is not through in time. */
  async leave(frameMs: number): Promise<boolean> {
    const results = await Promise.all([...this.#links.values()].map((link) => link.stopAfterFrame(frameMs)));
    const links = [...this.#links.values()];
    this.#links.clear();
    this.#coordinators.clear();
    for (const link of links) link.destroy();
    return results.every((isThrough) => isThrough);
  }

  /** Connects to the broker of this port and sends it these frames before any other. */
  async resume(frames: readonly Buffer[]): Promise<void> {
    this.#again = [...this.#again, ...frames];
    if (this.#again.length > 0) await this.to();
  }

  /** Why a broker is waited for no longer; undefined: all are well. */
  look(elapsedMs: number): string | undefined {
    return [...this.#links.values()].map((link) => link.look(elapsedMs)).find((why) => why !== undefined);
  }

  flush(): void {
    for (const link of this.#links.values()) link.flush();
  }

  destroy(): void {
    for (const link of this.#links.values()) link.destroy();
  }

  async #connect(via: number): Promise<Route> {
    let { socket, generation } = await this.#node.connectBackend(via);
    while (generation !== this.#node.generation) {
      socket.destroy();
      ({ socket, generation } = await this.#node.connectBackend(via));
    }
    if (this.#user.over.aborted) {
      socket.destroy();
      throw new StreamEnded(0);
    }
    const route: Route = { via, link: new BackendLink(socket, () => this.#user.flush(), this.#node.limits) };
    this.#links.set(via, route.link);
    if (via === this.#nodeId) {
      for (const frame of this.#again) void route.link.write(frame);
      this.#again = [];
      route.link.flush();
    }
    void this.#read(route);
    return route;
  }

  async #read(route: Route): Promise<void> {
    try {
      while (await route.link.nextFrame()) {
        await this.#user.nextAnswer(route);
        route.link.frameDone();
      }
    } catch (reason) {
      if (this.#links.get(route.via) !== route.link) return; // replaced by a move: expected
      this.#links.delete(route.via);
      route.link.destroy();
      this.#user.lost(route, reason);
    }
  }
}

function keyOf({ kind, key }: CoordinatorKey): string {
  return `${kind} ${key}`;
}
