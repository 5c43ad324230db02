import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** What a call to switch is answered with; the node does as it says only where that is said. */
export type StandInFault =
  | 'error'
  /** HTTP 200 and a page. */
  | 'html'
  /** HTTP 200 and JSON with other words. */
  | 'other-words'
  | 'hang'
  /** The right answer, and nothing is done. */
  | 'lie'
  /** It switches, and the answer does not come. */
  | 'mute'
  | 'redirect';

export interface StandInOptions {
  /** Clusters by name, each with the address that this node reaches it at. */
  readonly backends: Readonly<Record<string, number>>;
  readonly active: string;
  readonly username: string;
  readonly password: string;
  /** Given to everybody who asks; the brokers know it. */
  readonly token: string;
}

/** A gateway node that knows the two calls of the walk-through and nothing else, in front of a proxy that forwards bytes to the one cluster or the other. */
export interface StandInNode {
  readonly port: number;
  readonly adminPort: number;
  readonly active: string;
  /** Each switch call that came, as `main->failover`. */
  readonly calls: readonly string[];
  /** Of calls that lead to this cluster. */
  break(to: string, fault: StandInFault): void;
  /** Heals it, forgets the calls, and serves this cluster. */
  reset(active: string): void;
  close(): Promise<void>;
}

export async function startStandInNode(options: StandInOptions): Promise<StandInNode> {
  const faults = new Map<string, StandInFault>();
  const calls: string[] = [];
  const pairs = new Set<readonly [Socket, Socket]>();
  let { active } = options;

  const proxy = createServer({ noDelay: true }, (near) => {
    const far = connect({ host: '127.0.0.1', port: options.backends[active] ?? 0, noDelay: true });
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const [socket, other] of [pair, [far, near]] as const) {
      socket.on('error', () => {});
      socket.on('close', () => {
        other.destroy();
        pairs.delete(pair);
      });
      socket.pipe(other);
    }
  });
  const serve = (cluster: string): void => {
    active = cluster;
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    for await (const _ of request);
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://node');
    const json = (status: number, body: unknown): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.headers.authorization !== `Basic ${Buffer.from(`${options.username}:${options.password}`).toString('base64')}`) return json(401, { title: 'Unauthorized' });
    if (/^\/admin\/vclusters\/v1\/vcluster\/[^/]+\/username\/[^/]+$/.test(pathname)) return json(200, { token: options.token });
    const from = /^\/admin\/pclusters\/v1\/pcluster\/([^/]+)\/switch$/.exec(pathname)?.[1];
    const to = searchParams.get('to');
    if (from === undefined || to === null || request.method !== 'POST') return json(404, { title: 'Not found' });
    calls.push(`${from}->${to}`);
    if (options.backends[to] === undefined) return json(400, { title: `no cluster ${to}` });
    switch (faults.get(to)) {
      case 'error': return json(500, { title: 'Internal error' });
      case 'html': return void response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Sign in</title>');
      case 'other-words': return json(200, { message: 'Switch scheduled' });
      case 'redirect': return void response.writeHead(302, { location: 'https://sso.example/login' }).end();
      case 'hang': return undefined;
      case 'mute': return serve(to);
      case 'lie': return json(200, { message: 'Cluster switched' });
      default:
        serve(to);
        return json(200, { message: 'Cluster switched' });
    }
  };
  const admin = createHttpServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  for (const server of [proxy, admin]) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
  return {
    port: (proxy.address() as AddressInfo).port,
    adminPort: (admin.address() as AddressInfo).port,
    get active() {
      return active;
    },
    calls,
    break: (to, fault) => void faults.set(to, fault),
    reset: (cluster) => {
      faults.clear();
      calls.length = 0;
      serve(cluster);
    },
    close: async () => {
      admin.closeAllConnections();
      for (const pair of pairs) for (const socket of pair) socket.destroy();
      await Promise.all([proxy, admin].map(async (server) => await once(server.close(), 'close')));
    },
  };
}
