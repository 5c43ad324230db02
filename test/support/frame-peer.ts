import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { ByteSource } from '../../src/gateway/bytes/byte-source.ts';
import { decodeMessage, encodeMessage } from '../../src/wire/codec.ts';
import { APIS } from '../../src/wire/generated/apis.ts';
import { encodeRequestFrame, encodeResponseFrame, readRequestHeader, readResponseHeader, type RequestHead } from '../../src/wire/headers.ts';
import { newMessage, type Draft } from '../../src/wire/new-message.ts';
import type { Api } from '../../src/wire/schema.ts';

/** One request that arrived at a scripted broker. The test decides when and how it is answered. */
export interface Arrived {
  readonly head: RequestHead;
  readonly body: Record<string, unknown>;
  readonly socket: Socket;
  answer(body: Record<string, unknown>): void;
  /** Bytes as they are. */
  sendRaw(bytes: Buffer): void;
}

/** A broker on loopback that does nothing by itself. */
export interface ScriptedBroker {
  readonly port: number;
  /** The next request of any connection, in order of arrival. */
  next(): Promise<Arrived>;
  readonly connections: ReadonlySet<Socket>;
  close(): Promise<void>;
}

export async function startScriptedBroker(): Promise<ScriptedBroker> {
  const arrived: Arrived[] = [];
  const waiting: ((request: Arrived) => void)[] = [];
  const connections = new Set<Socket>();
  const server: Server = createServer((socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
    socket.on('error', () => {});
    void readFrames(socket, (frame) => {
      const head = readRequestHeader(frame);
      const api = APIS.get(head.apiKey);
      if (api === undefined) throw new Error(`api ${head.apiKey}`);
      const request: Arrived = {
        head,
        socket,
        body: decodeMessage(api.request, head.apiVersion, frame, head.bodyStart),
        sendRaw: (bytes) => void socket.write(bytes),
        answer: (body) => void socket.write(encodeResponseFrame(head.apiKey, head.apiVersion, head.correlationId, encodeMessage(api.response, head.apiVersion, newMessage(api.response, body as Draft<Record<string, unknown>>)))),
      };
      const wake = waiting.shift();
      if (wake === undefined) arrived.push(request);
      else wake(request);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    connections,
    next: async () => arrived.shift() ?? (await new Promise<Arrived>((resolve) => waiting.push(resolve))),
    close: async () => {
      for (const socket of connections) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A client that writes requests and reads answers, nothing else. */
export interface FrameClient {
  readonly socket: Socket;
  send<Request>(api: Api<Request, unknown> | Api<Request, never>, version: number, correlationId: number, draft: Draft<Request>): void;
  /** The next answer; the api and version that it answers must be known. Rejects when the connection ends. */
  receive<Response>(api: Api<never, Response> | Api<unknown, Response>, version: number): Promise<{ correlationId: number; body: Response }>;
  readonly ended: Promise<void>;
  close(): void;
}

export async function connectFrameClient(port: number): Promise<FrameClient> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  const frames: Buffer[] = [];
  const waiting: { resolve: (frame: Buffer) => void; reject: (reason: Error) => void }[] = [];
  socket.on('error', () => {});
  // Not events.once: it rejects when an error comes first, and a reset is an end, too.
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve())).then(() => {
    for (const { reject } of waiting) reject(new Error('the connection ended'));
  });
  void readFrames(socket, (frame) => {
    const wake = waiting.shift();
    if (wake === undefined) frames.push(frame);
    else wake.resolve(frame);
  });
  return {
    socket,
    ended,
    send: (api, version, correlationId, draft) => {
      const { request } = api as Api<object, object>;
      socket.write(encodeRequestFrame(api.key, version, correlationId, 'test', encodeMessage(request, version, newMessage(request, draft as never))));
    },
    receive: async (api, version) => {
      const frame = frames.shift() ?? (await new Promise<Buffer>((resolve, reject) => waiting.push({ resolve, reject })));
      const { correlationId, bodyStart } = readResponseHeader(api.key, version, frame);
      return { correlationId, body: decodeMessage((api as Api<object, never>).response, version, frame, bodyStart) };
    },
    close: () => void socket.destroy(),
  };
}

async function readFrames(socket: Socket, onFrame: (frame: Buffer) => void): Promise<void> {
  const source = new ByteSource(socket);
  try {
    for (;;) {
      const size = (await source.ensure(4)).readInt32BE(source.at);
      source.consume(4);
      onFrame(Buffer.from(await source.take(size)));
    }
  } catch {
    socket.destroy();
  }
}
