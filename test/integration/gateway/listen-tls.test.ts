import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { httpGatewayAdmin } from '../../../src/adapters/gateway-admin/http-gateway-admin.ts';
import { startAdminServer } from '../../../src/gateway/admin/admin-server.ts';
import type { GatewayNode } from '../../../src/gateway/gateway-node.ts';
import { bindPort, type Listener } from '../../../src/gateway/listening/listen.ts';
import { createAcceptor, type Acceptor } from '../../../src/gateway/listening/acceptor.ts';
import { createLog } from '../../../src/gateway/log.ts';
import { onChunks } from '../../../src/gateway/bytes/read-buffers.ts';
import { readServerTls } from '../../../src/gateway/listening/server-tls.ts';
import type { ServerTls } from '../../../src/topology/topology.ts';
import { createAuthority, type Certificate, type CertificateAuthority } from '../../support/certificates.ts';
import { freePorts } from '../../support/kafka-broker.ts';
import { TOPOLOGY } from '../../support/observation.ts';

let authority: CertificateAuthority;
let node: Certificate;
let client: Certificate;
let listener: Listener | undefined;
let acceptor: Acceptor | undefined;
let lines: string[];
let accepted: Set<Socket>;
let port: number;

beforeAll(() => {
  authority = createAuthority();
  node = authority.issue('node');
  client = authority.issue('client');
});
afterAll(() => authority.dispose());
afterEach(async () => {
  for (const socket of accepted) socket.destroy();
  acceptor?.close();
  await listener?.close();
  listener = undefined;
});

const filesOf = (more: Partial<ServerTls> = {}): ServerTls => ({ ...node, caFile: authority.caFile, clientCaFile: undefined, ownCertFile: undefined, ownKeyFile: undefined, ...more });

/** A listener that sends everything back. */
async function startEcho(tls: ServerTls | undefined): Promise<void> {
  lines = [];
  accepted = new Set();
  [port] = (await freePorts(1)) as [number];
  const accept = (socket: Socket): void => {
    accepted.add(socket.on('error', () => {}));
    onChunks(socket, (chunk) => void socket.write(Buffer.from(chunk)));
  };
  acceptor = createAcceptor({ port, tls: tls === undefined ? undefined : readServerTls(tls), log: createLog((line) => void lines.push(line)), accept });
  listener = await bindPort('127.0.0.1', port, (socket) => acceptor?.take(socket));
}

/** Resolves with what came back, or rejects with the reason why nothing did. */
async function echo(options: ConnectionOptions): Promise<string> {
  return await new Promise((resolve, reject) => {
    const socket = connectTls({ host: '127.0.0.1', port, ...options }, () => void socket.write('hello'));
    socket.on('error', reject).on('close', () => reject(new Error('closed')));
    socket.on('data', (bytes: Buffer) => {
      resolve(bytes.toString());
      socket.destroy();
    });
  });
}

const ca = (): Buffer => readFileSync(authority.caFile);

test('a client that trusts the authority is served', async () => {
  await startEcho(filesOf());
  expect(await echo({ ca: ca() })).toBe('hello');
  expect(lines).toEqual([]);
});

test('a client that does not trust the authority is not, and the log says why', async () => {
  await startEcho(filesOf());
  await expect(echo({})).rejects.toThrow(/self-signed|unable to (get|verify)/);
  await expect.poll(() => lines.join()).toMatch(/WARN client does not trust the certificate of this node|^$/);
});

test.each([
  { name: 'a Kafka client without TLS', bytes: Buffer.from('0000001b00120003000000010004746573740006676f00320031002e00', 'hex') },
  { name: 'an HTTP client', bytes: Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n') },
])('$name on a TLS port is told in the log what is wrong, and is closed', async ({ bytes }) => {
  await startEcho(filesOf());
  const socket = connect({ host: '127.0.0.1', port });
  socket.on('error', () => {}).resume();
  await once(socket, 'connect');
  const closed = once(socket, 'close');
  socket.write(bytes);
  await closed;
  await expect.poll(() => lines.join()).toContain('WARN client without TLS on a TLS port: its security.protocol must be SASL_SSL');
});

test('the same bytes on a plain port are no matter of TLS (control)', async () => {
  await startEcho(undefined);
  const socket = connect({ host: '127.0.0.1', port });
  socket.write('GET / HTTP/1.1\r\n');
  expect(String((await once(socket, 'data'))[0])).toContain('GET');
  socket.on('error', () => {}).destroy();
  expect(lines).toEqual([]);
});

test('with clientCa a client must show a certificate of that authority', async () => {
  const stranger = createAuthority();
  try {
    await startEcho(filesOf({ clientCaFile: authority.caFile }));
    const shown = (from: Certificate): ConnectionOptions => ({ ca: ca(), cert: readFileSync(from.certFile), key: readFileSync(from.keyFile) });
    expect(await echo(shown(client))).toBe('hello');
    await expect(echo({ ca: ca() })).rejects.toThrow();
    await expect.poll(() => lines.join()).toContain('client without a certificate');
    await expect(echo(shown(stranger.issue('client')))).rejects.toThrow();
  } finally {
    stranger.dispose();
  }
});

test('a client that never finishes its handshake does not keep the node from closing', async () => {
  await startEcho(filesOf());
  const socket = connect({ host: '127.0.0.1', port });
  socket.on('error', () => {}).resume();
  await once(socket, 'connect');
  const closed = once(socket, 'close');
  acceptor?.close();
  await listener?.close();
  await closed;
  listener = undefined;
});

test('a key of another certificate is a CONFIG error that names both files', () => {
  expect(() => readServerTls(filesOf({ keyFile: client.keyFile }))).toThrow(expect.objectContaining({ code: 'CONFIG', message: expect.stringContaining(client.keyFile) }));
});

test('the admin API over TLS answers whoever trusts its authority, and nobody else', async () => {
  const [adminPort] = (await freePorts(1)) as [number];
  const fake = { virtualClusters: () => [{ name: 'teamA', topics: [] }] } as unknown as GatewayNode;
  const app = await startAdminServer(fake, { host: '127.0.0.1', port: adminPort, username: 'admin', password: 'x', tls: readServerTls(filesOf()) });
  try {
    const [gateway] = TOPOLOGY.gateways;
    if (gateway === undefined) throw new Error('no gateway');
    const admin = (tls: ServerTls | undefined) => httpGatewayAdmin({ ...gateway, admin: { host: '127.0.0.1', port: adminPort, ...(tls === undefined ? {} : { tls }) } }, { username: 'admin', password: 'x', timeoutMs: 3000 });
    expect(await admin(filesOf()).virtualClusters()).toEqual([{ name: 'teamA', topics: [] }]);
    await expect(admin(filesOf({ caFile: undefined })).virtualClusters()).rejects.toThrow(/cannot be reached at https:\/\/127\.0\.0\.1:\d+: .*(SELF_SIGNED|UNABLE_TO)/);
    await expect(admin(undefined).virtualClusters()).rejects.toThrow(/cannot be reached at http:/);
  } finally {
    await app.close();
  }
});
