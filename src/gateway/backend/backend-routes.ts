import { StreamEnded } from '../bytes/byte-source.ts';
import type { Soon } from '../bytes/soon.ts';
import type { NodeContext } from '../node-context.ts';
import { BackendLink } from './backend-link.ts';
import type { CoordinatorKey } from './coordinator-key.ts';

/** How long a stand-in serves, at least, before the broker itself is looked for again. */
const STAND_IN_MS = 1000;
/** Of one connection, which has a group or two: who asks for more is looked after anew. */
const MOST_COORDINATORS = 100;

/** A link, and the broker that it was made for. */
export interface Route {
  readonly via: number;
  readonly link: BackendLink;
  /** It leads to another broker, since the cluster had no such one when it was made. */
  readonly isStandIn: boolean;
  readonly sinceMs: number;
}

/** What the connection does with its links. */
export interface RouteUser {
  /** A frame begins on that route. */
  nextAnswer(route: Route): Soon<void>;
  /** A route that was in use has ended. */
  lost(route: Route, reason: unknown): void;
  /** Whether an answer is to come on it. */
  isOwed(route: Route): boolean;
  flush(): void;
  readonly over: AbortSignal;
}

/**
 * One client connection's links to the active cluster: to the broker whose port it came to and, where that is not the coordinator which the client
 * takes it for, to that one as well. Clients know coordinators by the cluster that was left, and one of them (@platformatic/kafka) asks for
 * its coordinator once in its life. A move replaces all links. A link to a stand-in for a broker that is away is replaced when nothing is asked on
 * it: the broker may be back, and would never be reached by a client that keeps its connection.
 */
export class BackendRoutes {
  readonly #node: NodeContext;
  readonly #nodeId: number;
  readonly #user: RouteUser;
  readonly #routes = new Map<number, Route>();
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
    return this.#routes.get(this.#nodeId)?.link;
  }

  get(via: number | undefined): BackendLink | undefined {
    return this.#routes.get(via ?? this.#nodeId)?.link;
  }

  /** Calls `use` with the route to where that key is served, which is current then: between the answer of an `await` and the next line it may be moved. */
  through(key: CoordinatorKey | undefined, use: (route: Route) => Soon<void>): Soon<void> {
    const route = this.#usable(this.#viaOf(key));
    return route === undefined ? this.#to(key).then((made) => (this.isCurrent(made) ? use(made) : this.through(key, use))) : use(route);
  }

  #viaOf(key: CoordinatorKey | undefined): number {
    return (key === undefined ? undefined : this.#coordinators.get(keyOf(key))) ?? this.#nodeId;
  }

  /** Made at the first need, and again after each move. What it resolves to may be moved before the caller goes on: see `isCurrent`. */
  async #to(key?: CoordinatorKey): Promise<Route> {
    const via = this.#viaOf(key);
    const route = this.#usable(via);
    if (route !== undefined) return route;
    let connecting = this.#connecting.get(via);
    if (connecting === undefined) {
      connecting = this.#connect(via).finally(() => this.#connecting.delete(via));
      this.#connecting.set(via, connecting);
    }
    return await connecting;
  }

  isCurrent(route: Route): boolean {
    return this.#routes.get(route.via) === route && !route.link.isClosed;
  }

  /** The route, where it may go on to be used. */
  #usable(via: number): Route | undefined {
    const route = this.#routes.get(via);
    if (route === undefined || route.link.isClosed) return undefined;
    if (!route.isStandIn || performance.now() - route.sinceMs < STAND_IN_MS || this.#user.isOwed(route)) return route;
    this.#routes.delete(via);
    route.link.destroy();
    return undefined;
  }

  /** Looks for a coordinator after broker `asked` has said that it is none; undefined: no other is known. */
  async detour(key: CoordinatorKey, asked: number): Promise<Route | undefined> {
    const { generation } = this.#node;
    this.#coordinators.delete(keyOf(key));
    const found = await this.#node.coordinatorOf(key, asked);
    if (found === asked || generation !== this.#node.generation) return undefined;
    if (this.#coordinators.size >= MOST_COORDINATORS) this.#coordinators.clear();
    this.#coordinators.set(keyOf(key), found);
    return await this.#to(key);
  }

  /** Stops reading between two frames and destroys all links; false when a frame is not through in time. */
  async leave(frameMs: number): Promise<boolean> {
    const results = await Promise.all([...this.#routes.values()].map(({ link }) => link.stopAfterFrame(frameMs)));
    const routes = [...this.#routes.values()];
    this.#routes.clear();
    this.#coordinators.clear();
    for (const { link } of routes) link.destroy();
    return results.every((isThrough) => isThrough);
  }

  /** Connects to the broker of this port and sends it these frames before any other. */
  async resume(frames: readonly Buffer[]): Promise<void> {
    this.#again = [...this.#again, ...frames];
    if (this.#again.length > 0) await this.#to();
  }

  /** Why a broker is waited for no longer; undefined: all are well. */
  look(elapsedMs: number): string | undefined {
    return [...this.#routes.values()].map(({ link }) => link.look(elapsedMs)).find((why) => why !== undefined);
  }

  flush(): void {
    for (const { link } of this.#routes.values()) link.flush();
  }

  destroy(): void {
    for (const { link } of this.#routes.values()) link.destroy();
  }

  async #connect(via: number): Promise<Route> {
    let { socket, isStandIn, generation } = await this.#node.connectBackend(via);
    while (generation !== this.#node.generation) {
      socket.destroy();
      ({ socket, isStandIn, generation } = await this.#node.connectBackend(via));
    }
    if (this.#user.over.aborted) {
      socket.destroy();
      throw new StreamEnded(0);
    }
    const route: Route = { via, link: new BackendLink(socket, () => this.#user.flush(), this.#node.limits), isStandIn, sinceMs: performance.now() };
    this.#routes.set(via, route);
    if (via === this.#nodeId) {
      for (const frame of this.#again) void route.link.write(frame);
      this.#again = [];
      route.link.flush();
    }
    route.link.readFrames(() => this.#user.nextAnswer(route), (reason) => this.#ended(route, reason));
    return route;
  }

  #ended(route: Route, reason: unknown): void {
    if (this.#routes.get(route.via) !== route) return; // replaced: expected
    this.#routes.delete(route.via);
    route.link.destroy();
    this.#user.lost(route, reason);
  }
}

function keyOf({ kind, key }: CoordinatorKey): string {
  return `${kind} ${key}`;
}
