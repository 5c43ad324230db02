import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { readRequestHeader } from '../../src/wire/headers.ts';

/** One frame as it was on the wire, without its four size bytes. */
export interface TappedFrame {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly direction: 'request' | 'response';
  readonly bytes: Buffer;
}

export interface TcpTap {
  readonly port: number;
  /** Where connections go from now on. */
  target: number;
  close(): Promise<void>;
}

/** Listens on loopback, hands every byte on unchanged, and tells each whole frame. A frame that cannot be told apart ends the listening, not the connection. */
export async function startTcpTap(onFrame: (frame: TappedFrame) => void): Promise<TcpTap> {
  const sockets = new Set<Socket>();
  const tap = { port: 0, target: 0 };
  const server = createServer((client) => {
    const broker = connect({ host: '127.0.0.1', port: tap.target, noDelay: true });
    const asked = new Map<number, { readonly apiKey: number; readonly apiVersion: number }>();
    relay(client, broker, (bytes) => {
      const { apiKey, apiVersion, correlationId } = readRequestHeader(bytes);
      asked.set(correlationId, { apiKey, apiVersion });
      onFrame({ apiKey, apiVersion, direction: 'request', bytes });
    });
    relay(broker, client, (bytes) => {
      const correlationId = bytes.readInt32BE(0);
      const question = asked.get(correlationId);
      asked.delete(correlationId);
      if (question !== undefined) onFrame({ ...question, direction: 'response', bytes });
    });
    for (const socket of [client, broker]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  tap.port = (server.address() as AddressInfo).port;
  return Object.assign(tap, {
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  });
}

function relay(from: Socket, to: Socket, onFrame: (bytes: Buffer) => void): void {
  let rest: Buffer | undefined = Buffer.alloc(0);
  from.on('data', (chunk: Buffer) => {
    if (!to.write(chunk)) {
      from.pause();
      to.once('drain', () => from.resume());
    }
    if (rest === undefined) return;
    rest = Buffer.concat([rest, chunk]);
    try {
      while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32BE(0)) {
        const end: number = 4 + rest.readUInt32BE(0);
        onFrame(Buffer.from(rest.subarray(4, end)));
        rest = rest.subarray(end);
      }
    } catch {
      rest = undefined;
    }
  });
  from.on('end', () => to.end());
  from.on('error', () => to.destroy());
  from.on('close', () => to.destroy());
}
