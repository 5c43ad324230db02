import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openKafkaClient } from '../../src/client/kafka-client.ts';
import { createAuthority, type Certificate, type CertificateAuthority } from '../support/certificates.ts';

/** What a client of brokers is told when it and a port cannot agree on TLS: before any request, and without trying for its whole time limit. */
let authority: CertificateAuthority;
const servers: Server[] = [];
const sockets = new Set<Socket>();

beforeAll(() => {
  authority = createAuthority();
});
afterAll(() => authority.dispose());
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all(servers.splice(0).map(async (server) => await once(server.close(), 'close')));
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => {})));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const withTls = ({ certFile, keyFile }: Certificate): Server => createTlsServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }).on('tlsClientError', () => {});

/** What `metadata` is rejected with, from ports in this order. */
async function refusalOf(ports: readonly number[], tls: { readonly ca?: Buffer } | undefined, timeoutMs = 20_000): Promise<unknown> {
  const client = openKafkaClient({ bootstrap: ports.map((port) => ({ host: '127.0.0.1', port })), clientId: 'test', requestTimeoutMs: timeoutMs, ...(tls === undefined ? {} : { tls }) });
  try {
    return await client.metadata([]).then(() => undefined, (reason: unknown) => reason);
  } finally {
    client.close();
  }
}

const trust = (): { readonly ca: Buffer } => ({ ca: readFileSync(authority.caFile) });

test.each<{ name: string; certificate: () => Certificate; tls: () => { readonly ca?: Buffer }; says: RegExp; hint: RegExp }>([
  { name: 'an unknown authority', certificate: () => authority.issue('unknown'), tls: () => ({}), says: /^127\.0\.0\.1:\d+ cannot be reached: its certificate is signed by an authority that is not trusted here/, hint: /clusters\.NAME\.security\.ca/ },
  { name: 'another host', certificate: () => authority.issue('elsewhere', { names: 'DNS:broker.example' }), tls: trust, says: /its certificate is for another host/, hint: /one of the names/ },
])('a certificate of $name is a wrong configuration, and said at once', async ({ certificate, tls, says, hint }) => {
  const port = await listen(withTls(certificate()));
  const startMs = performance.now();
  expect(await refusalOf([port], tls())).toMatchObject({ code: 'CONFIG', message: expect.stringMatching(says), hint: expect.stringMatching(hint) });
  expect(performance.now() - startMs).toBeLessThan(10_000);
});

test('a certificate that has expired may be renewed: it is tried again until the time is up', async () => {
  const port = await listen(withTls(authority.issue('expired', { days: -1 })));
  expect(await refusalOf([port], trust(), 500)).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringMatching(/its certificate has expired/), hint: expect.stringMatching(/renew/) });
});

test('TLS to a plain port', async () => {
  const port = await listen(createServer((socket) => void socket.once('data', () => socket.end(Buffer.from('0000000400000000', 'hex')))));
  expect(await refusalOf([port], trust())).toMatchObject({ code: 'CONFIG', message: expect.stringMatching(/it does not speak TLS/) });
});

test('plain text to a port with TLS', async () => {
  const port = await listen(withTls(authority.issue('right')));
  expect(await refusalOf([port], undefined, 1000)).toMatchObject({ message: expect.stringMatching(/answers in TLS|closed the connection|connection failed/), hint: expect.stringMatching(/clusters\.NAME\.security/) });
});

test('one broker with a wrong certificate does not hide the others', async () => {
  const wrong = await listen(withTls(authority.issue('elsewhere', { names: 'DNS:broker.example' })));
  const right = authority.issue('right');
  let asked = 0;
  const port = await listen(createTlsServer({ cert: readFileSync(right.certFile), key: readFileSync(right.keyFile) }, (socket) => {
    asked++;
    socket.on('error', () => {}).destroy();
  }));
  expect(await refusalOf([wrong, port], trust(), 1000)).toBeDefined();
  expect(asked).toBeGreaterThan(0);
});
