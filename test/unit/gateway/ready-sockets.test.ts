import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { connectPooled } from '../../../src/gateway/bytes/read-buffers.ts';
import { ReadySockets } from '../../../src/gateway/backend/ready-sockets.ts';

const BROKER = 2;
let broker: net.Server;
let accepted: Socket[];
let ready: ReadySockets;

/** As a gateway connects to a broker. */
async function open(): Promise<Socket> {
  const socket = connectPooled({ host: '127.0.0.1', port: (broker.address() as AddressInfo).port, noDelay: true });
  await once(socket, 'connect');
  return socket;
}

beforeEach(async () => {
  accepted = [];
  broker = net.createServer((socket) => accepted.push(socket.on('error', () => {})));
  broker.listen(0, '127.0.0.1');
  await once(broker, 'listening');
  ready = new ReadySockets(open);
});
afterEach(() => {
  vi.useRealTimers();
  ready.close();
  broker.close();
  for (const socket of accepted) socket.destroy();
});

describe('connections that are opened ahead', () => {
  test('each is handed out once; after that there is none, and whoever asks opens one', async () => {
    await ready.fill(new Map([[BROKER, 2]]));
    const sockets = [ready.take(BROKER), ready.take(BROKER), ready.take(BROKER)];
    expect(sockets.map((socket) => socket?.readyState)).toEqual(['open', 'open', undefined]);
    expect(sockets[0]).not.toBe(sockets[1]);
    await expect.poll(() => accepted.length).toBe(2);
    expect(ready.take(BROKER + 1)).toBeUndefined();
    for (const socket of sockets) socket?.destroy();
  });

  test('one that is handed out works like any other, also long afterwards', async () => {
    await ready.fill(new Map([[BROKER, 1]]));
    const socket = ready.take(BROKER);
    expect(socket?.timeout).toBe(0);
    expect(socket?.listenerCount('timeout')).toBe(0);
    socket?.write('asked');
    await expect.poll(() => accepted.length).toBe(1);
    expect(String((await once(accepted[0] as Socket, 'data'))[0])).toBe('asked');
    socket?.destroy();
  });

  test('what is ready already is not opened again', async () => {
    await ready.fill(new Map([[BROKER, 2]]));
    await ready.fill(new Map([[BROKER, 3]]));
    await expect.poll(() => accepted.length).toBe(3);
  });

  test('there are never more than a thousand, however often they are asked for: clients need their file descriptors', async () => {
    const many = new ReadySockets(async () => new net.Socket());
    for (const wanted of [700, 900, 3000]) await many.fill(new Map([[BROKER, wanted], [BROKER + 1, wanted]]));
    let taken = 0;
    for (const nodeId of [BROKER, BROKER + 1]) while (many.take(nodeId) !== undefined) taken++;
    expect(taken).toBe(1000);
  });

  test('one that the broker has closed is not handed out', async () => {
    await ready.fill(new Map([[BROKER, 2]]));
    await expect.poll(() => accepted.length).toBe(2);
    accepted[0]?.end();
    accepted[1]?.resetAndDestroy();
    await expect.poll(() => ready.take(BROKER)).toBeUndefined();
  });

  test('nobody is disturbed by a broker that cannot be reached', async () => {
    const refused = new ReadySockets(async () => await Promise.reject(new Error('refused')));
    await refused.fill(new Map([[BROKER, 100]]));
    expect(refused.take(BROKER)).toBeUndefined();
  });

  test('what nobody wanted for two minutes is closed', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const socket = new net.Socket();
    const idle = new ReadySockets(async () => socket);
    await idle.fill(new Map([[BROKER, 1]]));
    expect([socket.timeout, socket.destroyed]).toEqual([120_000, false]);
    socket.emit('timeout');
    expect(socket.destroyed).toBe(true);
    expect(idle.take(BROKER)).toBeUndefined();
  });

  test('when they run out, no more are opened: those who ask do it themselves', async () => {
    let opened = 0;
    const slow = new ReadySockets(async () => {
      opened++;
      return await open();
    });
    const filling = slow.fill(new Map([[BROKER, 100]]));
    expect(slow.take(BROKER)).toBeUndefined();
    await filling;
    expect(opened).toBeLessThan(10);
    expect(slow.take(BROKER)).toBeUndefined();
  });
});
