import { once } from 'node:events';
import net from 'node:net';
import { FrameCollector } from '../../../src/client/frame-collector.ts';
import { decodeMessage, encodeMessage } from '../../../src/wire/codec.ts';
import { APIS } from '../../../src/wire/generated/apis.ts';
import { encodeResponseFrame, readRequestHeader } from '../../../src/wire/headers.ts';
import { newMessage } from '../../../src/wire/new-message.ts';
import type { Message } from '../../../src/wire/schema.ts';

export interface SeenRequest {
  readonly name: string;
  readonly version: number;
  readonly body: Message;
  readonly correlationId: number;
  readonly socket: net.Socket;
  /** Answers with the fields given and defaults for the others. */
  answer(draft: Message, correlationId?: number): void;
}

export interface FakeBroker {
  readonly host: string;
  readonly port: number;
  /** In the order in which they came. */
  readonly seen: SeenRequest[];
  close(): Promise<void>;
}

/** A server that decodes requests and leaves the answers to `handle`; ApiVersions is answered with everything that we know. */
export async function startFakeBroker(handle: (request: SeenRequest) => void): Promise<FakeBroker> {
  const seen: SeenRequest[] = [];
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    const frames = new FrameCollector(1 << 20);
    socket.on('data', (chunk: Buffer) => {
      for (const frame of frames.push(chunk)) receive(frame, socket);
    });
  });
  function receive(frame: Buffer, socket: net.Socket): void {
    const { apiKey, apiVersion, correlationId, bodyStart } = readRequestHeader(frame);
    const api = APIS.get(apiKey);
    if (api === undefined) throw new Error(`unknown api ${apiKey}`);
    const request: SeenRequest = {
      name: api.name, version: apiVersion, body: decodeMessage(api.request, apiVersion, frame, bodyStart), correlationId, socket,
      answer: (draft, id = correlationId) => {
        socket.write(encodeResponseFrame(apiKey, apiVersion, id, encodeMessage(api.response, apiVersion, newMessage<Message>(api.response, draft as never))));
      },
    };
    if (api.name === 'ApiVersions') return request.answer({ apiKeys: [...APIS.values()].map(({ key, request: { validVersions: [minVersion, maxVersion] } }) => ({ apiKey: key, minVersion, maxVersion })) });
    seen.push(request);
    handle(request);
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: '127.0.0.1',
    port: (server.address() as net.AddressInfo).port,
    seen,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
