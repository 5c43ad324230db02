import { createHash } from 'node:crypto';
import { connect, createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { API_TABLE } from '../../src/gateway/api-table.ts';
import { ClientConnection } from '../../src/gateway/connection/client-connection.ts';
import { ClusterCut } from '../../src/gateway/switch/cluster-cut.ts';
import type { NodeContext } from '../../src/gateway/node-context.ts';
import { ERROR } from '../../src/wire/error-codes.ts';
import { saslAuthenticateApi } from '../../src/wire/generated/sasl-authenticate.ts';
import { saslHandshakeApi } from '../../src/wire/generated/sasl-handshake.ts';
import { connectionContext } from './connection-context.ts';
import { connectFrameClient, startScriptedBroker, type FrameClient, type ScriptedBroker } from './frame-peer.ts';

/** One port of a node, for broker 1, in front of two clusters of scripted brokers; the virtual cluster is teamA. */
export interface ScriptedGateway extends Pick<NodeContext, 'gate' | 'inFlight' | 'groups' | 'transactions' | 'sequences'> {
  readonly main: ScriptedBroker;
  readonly failover: ScriptedBroker;
  /** Broker 2 of both clusters. */
  readonly other: ScriptedBroker;
  /** Coordinates everything, as far as the node knows. */
  coordinator: number;
  readonly connections: ReadonlySet<ClientConnection>;
  readonly lines: readonly string[];
  isSettling: boolean;
  /** The clusters have no broker 1: `other` stands in for it on new connections. */
  isBrokerAway: boolean;
  /** What the node does when a write makes it look whether it was stopped. */
  looksForStop: () => void;
  plainClient(): Promise<FrameClient>;
  authenticated(): Promise<FrameClient>;
  /** What a node does with a cluster that does not answer, for all connections. */
  cutOff(): Promise<void>;
  /** What a node does at a flip, for all connections. */
  flip(): Promise<void>;
  close(): Promise<void>;
}

/** The id that a cluster gives; another one on each. */
export const realId = (text: string): string => createHash('md5').update(text).digest('base64url');

export async function startScriptedGateway(): Promise<ScriptedGateway> {
  const [main, failover, other] = await Promise.all([startScriptedBroker(), startScriptedBroker(), startScriptedBroker()]);
  const connections = new Set<ClientConnection>();
  const clients: FrameClient[] = [];
  const lines: string[] = [];
  const now = { active: 'main', generation: 1 };
  const cut = new ClusterCut();
  const base = connectionContext((line) => void lines.push(line));
  const context: NodeContext = {
    ...base,
    limits: { ...base.limits, lingerMs: 2000 },
    apis: API_TABLE,
    topics: { refresh: async () => {}, topics: () => ['teamAusers', 'teamBusers'], idOf: (topic) => realId(`${now.active} ${topic}`), nameOf: () => 'teamAusers' },
    get generation() {
      return now.generation;
    },
    endpoints: new Map([[1, { host: 'gateway', port: 6969 }]]),
    get isSettling() {
      return gateway.isSettling;
    },
    mayProduce: (nodeId, topics) => topics.every(({ name, partitions }) => name === 'teamAusers' && partitions.every((partition) => partition === nodeId - 1)),
    connectBackend: async (nodeId) =>
      await cut.open(async () => {
        const seen = now.generation;
        const isStandIn = nodeId === 1 && gateway.isBrokerAway;
        const { port } = nodeId === 2 || isStandIn ? other : now.active === 'main' ? main : failover;
        const socket = connect({ host: '127.0.0.1', port });
        await once(socket, 'connect');
        return { socket, isStandIn, generation: seen };
      }, ({ socket }) => socket.destroy()),
    coordinatorOf: async () => gateway.coordinator,
    stalls: { check: () => gateway.looksForStop() },
  };
  const server = createServer((socket) => {
    const connection = new ClientConnection(socket, 1, context, context.log);
    connections.add(connection);
    void connection.serve().finally(() => connections.delete(connection));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const plainClient = async (): Promise<FrameClient> => {
    const client = await connectFrameClient((server.address() as AddressInfo).port);
    clients.push(client);
    return client;
  };
  const gateway: ScriptedGateway = {
    main,
    failover,
    other,
    coordinator: 1,
    gate: context.gate,
    inFlight: context.inFlight,
    groups: context.groups,
    transactions: context.transactions,
    sequences: context.sequences,
    connections,
    lines,
    isSettling: false,
    isBrokerAway: false,
    looksForStop: () => {},
    plainClient,
    authenticated: async () => {
      const client = await plainClient();
      client.send(saslHandshakeApi, 1, 1, { mechanism: 'PLAIN' });
      await client.receive(saslHandshakeApi, 1);
      client.send(saslAuthenticateApi, 2, 2, { authBytes: Buffer.from('\0sa\0good') });
      if ((await client.receive(saslAuthenticateApi, 2)).body.errorCode !== ERROR.NONE) throw new Error('the token was refused');
      return client;
    },
    cutOff: async () => {
      cut.begin();
      await Promise.all([...connections].map((connection) => connection.cutOff()));
    },
    flip: async () => {
      now.active = 'failover';
      now.generation = 2;
      cut.end();
      await Promise.all([...connections].map((connection) => connection.moveBackend(200)));
    },
    close: async () => {
      for (const client of clients) client.close();
      for (const connection of connections) connection.destroy();
      server.close();
      await Promise.all([once(server, 'close'), main.close(), failover.close(), other.close()]);
    },
  };
  return gateway;
}
