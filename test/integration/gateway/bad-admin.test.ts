import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttp, type RequestListener, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { createServer as createTcp, type AddressInfo, type Socket, type Server as TcpServer } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { httpGatewayAdmin } from '../../../src/adapters/gateway-admin/http-gateway-admin.ts';
import type { GatewayAdmin } from '../../../src/ports/gateway-admin.ts';
import type { ServerTls } from '../../../src/topology/topology.ts';
import { createAuthority, type Certificate, type CertificateAuthority } from '../../support/certificates.ts';
import { nodeState, TOPOLOGY } from '../../support/observation.ts';

/** What stands at the address of an admin API and is none. */
let authority: CertificateAuthority;
let server: Server | TcpServer | undefined;
const sockets = new Set<Socket>();

beforeAll(() => {
  authority = createAuthority();
});
afterAll(() => authority.dispose());
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  if (server !== undefined) await once(server.close(), 'close');
  server = undefined;
});

async function listen(made: Server | TcpServer): Promise<number> {
  server = made;
  made.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => {})));
  made.listen(0, '127.0.0.1');
  await once(made, 'listening');
  return (made.address() as AddressInfo).port;
}

function adminAt(port: number, tls?: Partial<ServerTls>, host = '127.0.0.1'): GatewayAdmin {
  const [gateway] = TOPOLOGY.gateways;
  if (gateway === undefined) throw new Error('no gateway');
  const files = { certFile: undefined, keyFile: undefined, caFile: authority.caFile, clientCaFile: undefined, ownCertFile: undefined, ownKeyFile: undefined };
  return httpGatewayAdmin({ ...gateway, admin: { host, port, ...(tls === undefined ? {} : { tls: { ...files, ...tls } }) } }, { username: 'admin', password: 'x', timeoutMs: 3000 });
}

const answering = (status: number, text: string, headers: Record<string, string> = {}): RequestListener => (_, response) => void response.writeHead(status, headers).end(text);
const json = (body: unknown): string => JSON.stringify(body);

test.each<{ name: string; answer: RequestListener; code: string; says: RegExp; hint?: RegExp }>([
  { name: 'a page', answer: answering(200, '\n<!doctype html>\n<title>Welcome</title>'), code: 'CONFIG', says: /^gateway gateway1: http:\/\/127\.0\.0\.1:\d+ answers \/admin\/gateway\/v1\/state with a page of HTML or XML \("<!doctype html> <title>Welcome<\/title>…"\): it is not the admin API/, hint: /gateways\.gateway1\.adminPort/ },
  { name: 'JSON of another service', answer: answering(200, json({ status: 'green' })), code: 'CONFIG', says: /with JSON of another service \("{"status":"green"}…"\)/, hint: /adminUrl/ },
  { name: 'JSON that is no object', answer: answering(200, '[1,2]'), code: 'CONFIG', says: /with JSON of another service \("\[1,2\]…"\)/ },
  { name: 'nothing', answer: answering(200, ''), code: 'CONFIG', says: /answers \S+ with nothing/ },
  { name: 'text', answer: answering(200, 'pong'), code: 'CONFIG', says: /with something that is not JSON \("pong…"\)/ },
  { name: 'a redirect', answer: answering(302, '', { location: 'https://sso.example/login' }), code: 'CONFIG', says: /answers with a redirect \(HTTP 302\) to https:\/\/sso\.example\/login: it is not the admin API/ },
  { name: 'no such path', answer: answering(404, 'not found'), code: 'CONFIG', says: /does not know \/admin\/gateway\/v1\/state \(HTTP 404\)/ },
  { name: 'the page of a proxy whose backend is down', answer: answering(502, '<html>Bad Gateway</html>'), code: 'UNAVAILABLE', says: /^gateway gateway1: HTTP 502$/ },
  { name: 'errors in another form', answer: answering(500, json({ error: 'boom' })), code: 'UNAVAILABLE', says: /^gateway gateway1: HTTP 500$/ },
  { name: 'a login page that refuses', answer: answering(401, '<html>'), code: 'USAGE', says: /refuses the admin user "admin": HTTP 401/, hint: /gateway\.admin/ },
  { name: 'another node', answer: answering(200, json(nodeState('gateway2'))), code: 'CONFIG', says: /gateway gateway1: the node at its address says that it is gateway2/, hint: /its own address, or call it gateway2/ },
])('an admin URL that answers with $name is said to', async ({ answer, code, says, hint = /^/ }) => {
  const port = await listen(createHttp(answer));
  await expect(adminAt(port).state()).rejects.toThrow(expect.objectContaining({ code, message: expect.stringMatching(says) }));
  await expect(adminAt(port).state().catch((reason: { readonly hint?: string }) => reason.hint ?? '')).resolves.toMatch(hint);
});

test('control: the node itself is taken for what it is', async () => {
  const port = await listen(createHttp(answering(200, json(nodeState('gateway1')))));
  await expect(adminAt(port).state()).resolves.toMatchObject({ node: 'gateway1', active: 'main' });
});

test('orders are not taken as done by what is no node', async () => {
  const port = await listen(createHttp(answering(200, '<html>')));
  const order = { runId: 'r1', generation: 2, to: 'failover', leaseMs: 5000 };
  for (const act of [() => adminAt(port).order('pause', order), () => adminAt(port).prepare(order), () => adminAt(port).switchAlone('main', 'failover'), () => adminAt(port).issueToken('teamA', 'sa', 60)]) {
    await expect(act()).rejects.toMatchObject({ code: 'CONFIG' });
  }
});

test('a port that speaks something else, and one that says nothing', async () => {
  const kafka = await listen(createTcp((socket) => void socket.end(Buffer.from('000000080000000100030000', 'hex'))));
  await expect(adminAt(kafka).state()).rejects.toMatchObject({ code: 'CONFIG', message: expect.stringMatching(/what answers there does not speak HTTP/), hint: expect.stringContaining('gateways.gateway1') });
});

const serverOf = (certificate: Certificate): Server => createHttps({ cert: readFileSync(certificate.certFile), key: readFileSync(certificate.keyFile) }, answering(200, json(nodeState('gateway1')))) as unknown as Server;

test.each<{ name: string; certificate: () => Certificate; tls?: Partial<ServerTls>; code: string; says: RegExp; hint: RegExp }>([
  { name: 'an unknown authority', certificate: () => authority.issue('unknown'), tls: { caFile: undefined }, code: 'CONFIG', says: /cannot be reached at https:\/\/127\.0\.0\.1:\d+: its certificate is signed by an authority that is not trusted here/, hint: /gateways\.gateway1\.adminTls\.ca/ },
  { name: 'another host', certificate: () => authority.issue('elsewhere', { names: 'DNS:gateway.example' }), code: 'CONFIG', says: /its certificate is for another host \(.*127\.0\.0\.1.*\)/, hint: /one of the names/ },
  { name: 'yesterday', certificate: () => authority.issue('expired', { days: -1 }), code: 'UNAVAILABLE', says: /its certificate has expired/, hint: /renew/ },
])('a certificate of $name is said to be', async ({ certificate, tls = {}, code, says, hint }) => {
  const port = await listen(serverOf(certificate()));
  await expect(adminAt(port, tls).state()).rejects.toMatchObject({ code, message: expect.stringMatching(says), hint: expect.stringMatching(hint) });
});

test('control: a certificate that is right is trusted', async () => {
  const port = await listen(serverOf(authority.issue('right')));
  await expect(adminAt(port, {}).state()).resolves.toMatchObject({ node: 'gateway1' });
});

test('https where there is none, and http where there is TLS', async () => {
  const plain = await listen(createHttp(answering(200, json(nodeState('gateway1')))));
  await expect(adminAt(plain, {}).state()).rejects.toMatchObject({ code: 'CONFIG', message: expect.stringMatching(/https:.*it does not speak TLS/), hint: expect.stringMatching(/leave TLS away/) });
  await once((server as Server).close(), 'close');
  const tls = await listen(serverOf(authority.issue('tls')));
  await expect(adminAt(tls).state()).rejects.toMatchObject({ message: expect.stringMatching(/^gateway gateway1 cannot be reached at http:/) });
});
