import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startCutProxy, type CutProxy } from '../../support/cut-proxy.ts';

let proxy: CutProxy;
let serverPort: number;
let close: () => Promise<void>;

beforeEach(async () => {
  const server = createServer((socket) => void socket.on('error', () => {}).pipe(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  serverPort = (server.address() as AddressInfo).port;
  proxy = await startCutProxy({ host: '127.0.0.1', port: serverPort });
  close = async () => {
    await proxy.close();
    server.close();
    await once(server, 'close');
  };
});
afterEach(async () => await close());

interface Caller {
  readonly socket: Socket;
  readonly echoed: () => string;
}

async function call(port: number): Promise<Caller> {
  const socket = connect({ port, host: '127.0.0.1' });
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  socket.on('error', () => {});
  await once(socket, 'connect');
  return { socket, echoed: () => text };
}

/** A round trip past the proxy takes as long as one through it would. */
async function roundTrip({ socket, echoed }: Caller): Promise<void> {
  const before = echoed();
  socket.write('x');
  await expect.poll(echoed).toBe(`${before}x`);
}

test('passes bytes on until it is cut; then connections stay open and silent, and all of it arrives when it is healed', async () => {
  const [direct, before] = await Promise.all([call(serverPort), call(proxy.port)]);
  before.socket.write('a');
  await expect.poll(before.echoed).toBe('a');
  proxy.cut();
  before.socket.write('b');
  const during = await call(proxy.port);
  during.socket.write('c');
  await roundTrip(direct);
  await roundTrip(direct);
  expect([before.echoed(), during.echoed(), before.socket.destroyed, during.socket.destroyed]).toEqual(['a', '', false, false]);
  proxy.heal();
  await expect.poll(before.echoed).toBe('ab');
  await expect.poll(during.echoed).toBe('c');
  for (const { socket } of [direct, before, during]) socket.destroy();
});

test('an end that goes takes the other one along', async () => {
  const { socket } = await call(proxy.port);
  await proxy.close();
  await expect.poll(() => socket.destroyed).toBe(true);
  proxy = await startCutProxy({ host: '127.0.0.1', port: serverPort });
});
