import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { ByteSink } from '../../../src/gateway/bytes/byte-sink.ts';
import { ByteSource, type Emit } from '../../../src/gateway/bytes/byte-source.ts';
import { acceptPooled, connectPooled } from '../../../src/gateway/bytes/read-buffers.ts';

/** A server whose sockets are the pooled ones, and the address to connect to. */
async function serve(accept: (socket: Socket) => void) {
  const server = createServer({ pauseOnConnect: true }, (socket) => accept(acceptPooled(socket)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

/** Sends `bytes` in pieces of changing sizes, so that reads of all sizes happen. */
async function send(socket: Socket, bytes: Buffer): Promise<void> {
  let size = 100;
  for (let at = 0; at < bytes.length; at += size, size = size > 900_000 ? 100 : Math.floor(size * 1.7)) {
    if (!socket.write(bytes.subarray(at, at + size))) await once(socket, 'drain');
  }
  socket.end();
}

/** What a reader gets that reads slowly, through a relay that passes pieces on as `relayPiece` says. */
async function relay(bytes: Buffer, relayPiece: (sink: ByteSink) => Emit): Promise<Buffer> {
  const received: Buffer[] = [];
  let hasAll = (): void => {};
  const all = new Promise<void>((resolve) => (hasAll = resolve));
  const reader = await serve((socket) => {
    socket.on('error', () => {});
    const source = new ByteSource(socket);
    void (async () => {
      for (let left = bytes.length; left > 0; left -= 50_000) {
        received.push(await source.take(Math.min(left, 50_000)));
        await new Promise(setImmediate);
      }
      socket.destroy();
      hasAll();
    })();
  });
  const middle = await serve((socket) => {
    const onward = connectPooled({ host: '127.0.0.1', port: reader.port });
    const source = new ByteSource(socket);
    void Promise.resolve(source.pass(bytes.length, relayPiece(new ByteSink(onward)))).then(() => onward.end());
  });
  const client = connect(middle.port, '127.0.0.1');
  await Promise.all([send(client, bytes), all]);
  client.destroy();
  reader.server.close();
  middle.server.close();
  await Promise.all([once(reader.server, 'close'), once(middle.server, 'close')]);
  return Buffer.concat(received);
}

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('bytes that are relayed to a slow reader', () => {
  test('arrive as they were sent: memory is not read into again before it was written out', async () => {
    const bytes = randomBytes(40 << 20);
    const received = await relay(bytes, (sink) => async (piece, lease) => {
      await sink.write(piece, lease);
      sink.flush();
    });
    expect(digest(received)).toBe(digest(bytes));
  });

  test('would not, if the memory were given back too early', async () => {
    const bytes = randomBytes(40 << 20);
    const received = await relay(bytes, (sink) => async (piece) => {
      await sink.write(piece);
      sink.flush();
    });
    expect(digest(received)).not.toBe(digest(bytes));
  });
});

test('a server of pooled sockets closes when they have closed', async () => {
  const accepted: Socket[] = [];
  const { server, port } = await serve((socket) => void accepted.push(socket));
  const client = connectPooled({ host: '127.0.0.1', port });
  await once(client, 'connect');
  await expect.poll(() => accepted.length).toBe(1);
  client.destroy();
  server.close();
  accepted[0]?.resume();
  accepted[0]?.destroy();
  await once(server, 'close');
});

test('what arrives before somebody listens is not lost', async () => {
  const { server, port } = await serve((socket) => void socket.end('hello'));
  const client = connectPooled({ host: '127.0.0.1', port });
  await once(client, 'end');
  const source = new ByteSource(client);
  expect((await source.take(5)).toString()).toBe('hello');
  client.destroy();
  server.close();
  await once(server, 'close');
});
