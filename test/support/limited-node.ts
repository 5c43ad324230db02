import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { expect } from 'vitest';
import { ClientConnection } from '../../src/gateway/connection/client-connection.ts';
import { NodeLimits } from '../../src/gateway/limits/tenant-usage.ts';
import type { GatewayLimits, NodeContext } from '../../src/gateway/node-context.ts';
import { TenantNames } from '../../src/gateway/tenants/tenant-names.ts';
import { TokenRefused } from '../../src/gateway/login/tokens.ts';
import type { TenantLimits } from '../../src/topology/topology.ts';
import { ERROR } from '../../src/wire/error-codes.ts';
import { saslAuthenticateApi, type SaslAuthenticateResponse } from '../../src/wire/generated/sasl-authenticate.ts';
import { saslHandshakeApi } from '../../src/wire/generated/sasl-handshake.ts';
import { connectionContext } from './connection-context.ts';
import { connectFrameClient, startScriptedBroker, type FrameClient, type ScriptedBroker } from './frame-peer.ts';

/** Real connections of several virtual clusters to one scripted broker, under limits. A token is the name of its virtual cluster. */
export interface LimitedNode {
  readonly broker: ScriptedBroker;
  readonly context: NodeContext;
  readonly limits: NodeLimits;
  readonly connections: ReadonlySet<ClientConnection>;
  readonly failedLogins: readonly string[];
  readonly lines: readonly string[];
  plainClient(): Promise<FrameClient>;
  logIn(client: FrameClient, token: string): Promise<SaslAuthenticateResponse>;
  /** A new client that has logged in. */
  client(token: string): Promise<FrameClient>;
  close(): Promise<void>;
}

export async function startLimitedNode(tenantLimits: Readonly<Record<string, TenantLimits>> = {}, changes: Partial<GatewayLimits> = {}, more: Partial<NodeContext> = {}): Promise<LimitedNode> {
  const broker = await startScriptedBroker();
  const limits = new NodeLimits({ limits: { maxConnections: 1000, maxBytesInFlight: 64 << 20 }, tenantLimits, exempt: new Set(['_gwctl']) });
  const names = new Map<string, TenantNames>();
  const [lines, failedLogins]: [string[], string[]] = [[], []];
  const log = (line: string): void => void lines.push(line);
  const base = connectionContext(log);
  const context = connectionContext(log, {
    limits: { ...base.limits, maxFrameBytes: 8 << 20, maxInFlight: 100, ...changes },
    authenticate: async (username, token) => {
      if (token === 'bad') throw new TokenRefused('the token was not issued by this gateway');
      return { username, virtualCluster: token };
    },
    loginFailed: async (address) => {
      failedLogins.push(address);
      return true;
    },
    namesOf: (virtualCluster) => {
      const known = names.get(virtualCluster) ?? new TenantNames(virtualCluster);
      names.set(virtualCluster, known);
      return known;
    },
    usageOf: (virtualCluster) => limits.usageOf(virtualCluster),
    connectBackend: async () => {
      const socket = connect({ host: '127.0.0.1', port: broker.port });
      await once(socket, 'connect');
      return { socket, isStandIn: false, generation: 1 };
    },
    ...more,
  });
  const connections = new Set<ClientConnection>();
  const server = createServer((socket) => {
    const connection = new ClientConnection(socket, 1, context, context.log);
    connections.add(connection);
    void connection.serve().finally(() => connections.delete(connection));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const clients: FrameClient[] = [];
  const plainClient = async (): Promise<FrameClient> => {
    const client = await connectFrameClient((server.address() as AddressInfo).port);
    clients.push(client);
    return client;
  };
  const logIn = async (client: FrameClient, token: string): Promise<SaslAuthenticateResponse> => {
    client.send(saslHandshakeApi, 1, 1, { mechanism: 'PLAIN' });
    await client.receive(saslHandshakeApi, 1);
    client.send(saslAuthenticateApi, 2, 2, { authBytes: Buffer.from(`\0sa\0${token}`) });
    return (await client.receive(saslAuthenticateApi, 2)).body;
  };
  return {
    broker, context, limits, connections, failedLogins, lines, plainClient, logIn,
    client: async (token) => {
      const client = await plainClient();
      expect((await logIn(client, token)).errorCode).toBe(ERROR.NONE);
      return client;
    },
    close: async () => {
      for (const client of clients) client.close();
      for (const connection of connections) connection.destroy();
      server.close();
      await Promise.all([once(server, 'close'), broker.close()]);
    },
  };
}

/** Answers whatever comes, in order, until the broker is closed. */
export function answerEverything(broker: ScriptedBroker, answerOf: (apiKey: number) => Record<string, unknown> = () => ({})): void {
  void (async () => {
    for (;;) {
      const request = await broker.next();
      request.answer(answerOf(request.head.apiKey));
    }
  })();
}
