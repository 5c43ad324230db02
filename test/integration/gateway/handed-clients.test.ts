import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { bindPort, type Listener } from '../../../src/gateway/listening/listen.ts';
import { ClientSpreader } from '../../../src/gateway/workers/client-spreader.ts';
import { WorkerProcess } from '../../../src/gateway/workers/worker-process.ts';
import { createAuthority, type CertificateAuthority } from '../../support/certificates.ts';
import { freePorts } from '../../support/kafka-broker.ts';

const SILENT = { heard: async () => {}, acknowledged: () => {}, catchUp: async () => {} };
const FIXTURE = new URL('fixtures/take-clients.mjs', import.meta.url).pathname;
/** Of each size that a read may have, and more than one buffer holds. */
const BYTES = randomBytes(1_500_000);

const PATIENCE = { timeout: 20_000 };

interface Chunk {
  readonly bytes: number;
  readonly isPooled: boolean;
}

let authority: CertificateAuthority;
let listener: Listener | undefined;
let children: ChildProcess[] = [];
let clients: Socket[] = [];

beforeAll(() => {
  authority = createAuthority();
});
afterAll(() => authority.dispose());
afterEach(async () => {
  for (const client of clients) client.destroy();
  await Promise.all(children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null).map(async (child) => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }));
  await listener?.close();
  [children, clients] = [[], []];
});

function forkTaker(args: readonly string[] = []): ChildProcess {
  const child = fork(FIXTURE, args, { serialization: 'advanced', execArgv: [] });
  children.push(child);
  return child;
}

/** Sends BYTES and resolves with as many that came back. */
async function echo(socket: Socket): Promise<Buffer> {
  clients.push(socket);
  const back: Buffer[] = [];
  socket.write(BYTES);
  for await (const chunk of socket) {
    back.push(chunk as Buffer);
    if (back.reduce((sum, { length }) => sum + length, 0) >= BYTES.length) break;
  }
  return Buffer.concat(back);
}

test.each([
  { name: 'plain text, read into pooled memory', isTls: false },
  { name: 'TLS, read as usual', isTls: true },
])('a client that another process accepted is served whole: $name', async ({ isTls }) => {
  const { certFile, keyFile } = authority.issue('node');
  const child = forkTaker(isTls ? [certFile, keyFile] : []);
  const chunks: Chunk[] = [];
  child.on('message', (chunk) => void chunks.push(chunk as Chunk));
  const [port] = (await freePorts(1)) as [number];
  listener = await bindPort('127.0.0.1', port, (socket) => {
    child.send({}, (socket as unknown as { _handle: Socket })._handle, () => socket.destroy());
  });
  const back = await echo(isTls ? connectTls({ host: '127.0.0.1', port, ca: readFileSync(authority.caFile) }) : connect(port, '127.0.0.1'));
  expect(back.equals(BYTES)).toBe(true);
  await expect.poll(() => chunks.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(BYTES.length);
  // Small reads are copied out of the pool at once, whichever way they came.
  expect(new Set(chunks.filter(({ bytes }) => bytes > 8 << 10).map(({ isPooled }) => isPooled))).toEqual(new Set([!isTls]));
});

test('a client waits while no worker serves, and whoever was given to a worker that died is given to another', async () => {
  const [port] = (await freePorts(1)) as [number];
  const [first, second] = [1, 2].map((number) => new WorkerProcess(number, forkTaker(), { ...SILENT, hasRoom: () => {} })) as [WorkerProcess, WorkerProcess];
  let serving: WorkerProcess[] = [];
  const spreader = new ClientSpreader(() => serving);
  let taken = 0;
  listener = await bindPort('127.0.0.1', port, (socket) => {
    taken++;
    spreader.take(1, socket);
  });
  const answer = echo(connect(port, '127.0.0.1'));
  await expect.poll(() => taken).toBe(1);
  expect([first, second].flatMap((worker) => worker.leftClients())).toEqual([]);

  // This one never says that it has taken its client: it is stopped before it can.
  if (first.pid !== undefined) process.kill(first.pid, 'SIGSTOP');
  first.isServing = true;
  serving = [first];
  spreader.spread([]);
  first.kill();
  expect(await first.exited).toBe('ended by SIGKILL');
  const left = first.leftClients();
  expect(left).toHaveLength(1);
  second.isServing = true;
  serving = [first, second];
  spreader.spread(left);
  expect((await answer).equals(BYTES)).toBe(true);
  expect(second.leftClients()).toEqual([]); // it said that it had taken it
});

test('a worker is given no more than it takes: the others wait, and go to whoever has room', async () => {
  const [port] = (await freePorts(1)) as [number];
  let serving: WorkerProcess[] = [];
  const spreader = new ClientSpreader(() => serving);
  const [stopped, other] = [1, 2].map((number) => new WorkerProcess(number, forkTaker(), { ...SILENT, hasRoom: () => spreader.spread([]) })) as [WorkerProcess, WorkerProcess];
  let taken = 0;
  listener = await bindPort('127.0.0.1', port, (socket) => {
    taken++;
    spreader.take(1, socket);
  });
  if (stopped.pid !== undefined) process.kill(stopped.pid, 'SIGSTOP');
  stopped.isServing = true;
  serving = [stopped];
  let answered = 0;
  for (let client = 0; client < 30; client++) clients.push(connect(port, '127.0.0.1').on('error', () => {}).once('data', () => void answered++));
  for (const client of clients) client.write('x');
  await expect.poll(() => taken, PATIENCE).toBe(30);
  expect(stopped.isFull).toBe(true);
  other.isServing = true;
  serving = [stopped, other];
  spreader.spread([]);
  await expect.poll(() => answered, PATIENCE).toBe(22);
  stopped.kill();
  await stopped.exited;
  const left = stopped.leftClients();
  expect(left).toHaveLength(8);
  spreader.spread(left);
  await expect.poll(() => answered, PATIENCE).toBe(30);
});

test('a client that has waited for so long that it must have given up takes nobody\'s place', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    const { spreader, client } = await oneThatWaits();
    spreader.spread([]);
    vi.advanceTimersByTime(10_000);
    spreader.spread([]);
    await once(client, 'close');
  } finally {
    vi.useRealTimers();
  }
});

test('clients that wait when the node ends are let go', async () => {
  const { spreader, client } = await oneThatWaits();
  spreader.close();
  await once(client, 'close');
});

/** A client that came when there was no worker to serve it. */
async function oneThatWaits(): Promise<{ readonly spreader: ClientSpreader; readonly client: Socket }> {
  const [port] = (await freePorts(1)) as [number];
  const spreader = new ClientSpreader(() => []);
  let taken = 0;
  listener = await bindPort('127.0.0.1', port, (socket) => {
    taken++;
    spreader.take(1, socket);
  });
  const client = connect(port, '127.0.0.1').on('error', () => {});
  clients.push(client);
  await expect.poll(() => taken).toBe(1);
  return { spreader, client };
}
