import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { platform } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { ClientConnection } from '../../../src/gateway/connection/client-connection.ts';
import { guardSlowPeers } from '../../../src/gateway/limits/guard-slow-peers.ts';
import { createAcceptor } from '../../../src/gateway/listening/acceptor.ts';
import { bindPort } from '../../../src/gateway/listening/listen.ts';
import { encodeMessage } from '../../../src/wire/codec.ts';
import { fetchApi, fetchResponse } from '../../../src/wire/generated/fetch.ts';
import { metadataApi, metadataResponse } from '../../../src/wire/generated/metadata.ts';
import { produceApi } from '../../../src/wire/generated/produce.ts';
import { encodeResponseFrame } from '../../../src/wire/headers.ts';
import { newMessage } from '../../../src/wire/new-message.ts';
import { freePorts } from '../../support/kafka-broker.ts';
import { answerEverything, startLimitedNode, type LimitedNode } from '../../support/limited-node.ts';
import type { FrameClient } from '../../support/frame-peer.ts';

const LOOK_MS = 20;
const IMPATIENT = { loginMs: 300, frameMs: 200, minFrameBytesPerSecond: 1 << 20 };
/** The pace of a client that sends as little as it can, not a wait for anything. */
const DRIP_MS = 20;

let node: LimitedNode;
let endGuard: () => void = () => {};
afterEach(async () => {
  endGuard();
  endGuard = () => {};
  await node.close();
});

async function start(isGuarded = true): Promise<void> {
  node = await startLimitedNode({}, IMPATIENT);
  if (isGuarded) endGuard = guardSlowPeers(node.connections, LOOK_MS);
}

/** Sends byte after byte until there are no more or the connection is closed; how many it sent. */
async function drip(socket: Socket, bytes: Buffer): Promise<number> {
  for (let index = 0; index < bytes.length; index++) {
    if (socket.destroyed) return index;
    socket.write(bytes.subarray(index, index + 1));
    await delay(DRIP_MS);
  }
  return bytes.length;
}

async function isServed(client: FrameClient, correlationId: number): Promise<void> {
  client.send(metadataApi, 4, correlationId, { topics: [] });
  expect((await client.receive(metadataApi, 4)).correlationId).toBe(correlationId);
}

/** A frame that says it has 200 bytes, and begins like a request. */
const LONG_FRAME = Buffer.concat([Buffer.from('000000c8' + '00030004' + '00000001' + 'ffff', 'hex'), Buffer.alloc(186)]);

describe('clients that send a byte now and then', () => {
  test('before a login: the time for it ends, whatever they send', async () => {
    await start();
    answerEverything(node.broker);
    const good = await node.client('teamA');
    const slow = await node.plainClient();
    expect(await drip(slow.socket, LONG_FRAME)).toBeLessThan(LONG_FRAME.length);
    expect(node.lines.join('')).toMatch(/the client (has not logged in within 300 ms|was waited for \d+ ms in the middle of a frame)/);
    const silent = await node.plainClient();
    await silent.ended;
    expect(node.lines.join('')).toContain('the client has not logged in within 300 ms');
    await isServed(good, 10);
  });

  test('in the middle of a frame: it is waited for as long as its size may take; one that is between two frames may be silent', async () => {
    await start();
    answerEverything(node.broker);
    const [slow, idle] = [await node.client('teamA'), await node.client('teamA')];
    expect(await drip(slow.socket, LONG_FRAME)).toBeLessThan(LONG_FRAME.length);
    expect(node.lines.join('')).toMatch(/the client was waited for \d+ ms in the middle of a frame of 200 bytes \(allowed: 201\)/);
    const part = await node.client('teamA');
    part.socket.write(Buffer.from([0, 0]));
    await part.ended;
    await isServed(idle, 10);
  });

  test('a write of which only half came is no write in flight any more, so a drain ends', async () => {
    await start();
    const client = await node.client('teamA');
    client.send(produceApi, 7, 10, { acks: -1, timeoutMs: 1000, topicData: [{ name: 'users', partitionData: [{ index: 0, records: Buffer.alloc(40, 1) }] }] });
    (await node.broker.next()).answer({ responses: [{ name: 'teamAusers', partitionResponses: [{ index: 0 }] }] });
    await client.receive(produceApi, 7);
    // correlation id 11, no ids, acks -1, one topic "users", one partition 0 with 959 bytes of which 555 come
    client.socket.write(Buffer.concat([Buffer.from('000003e8' + '00000007' + '0000000b' + 'ffff' + 'ffff' + 'ffff' + '000003e8' + '00000001' + '00057573657273' + '00000001' + '00000000' + '000003bf', 'hex'), Buffer.alloc(555)]));
    await expect.poll(() => node.context.inFlight.count).toBe(1);
    await client.ended;
    await expect.poll(() => node.context.inFlight.count).toBe(0);
  });

  test('without the guard they stay for as long as they like', async () => {
    await start(false);
    const slow = await node.plainClient();
    const part = LONG_FRAME.subarray(0, 40);
    expect(await drip(slow.socket, part)).toBe(part.length);
    expect(slow.socket.destroyed).toBe(false);
    expect(node.connections.size).toBe(1);
  });
});

describe('a broker in the middle of an answer', () => {
  const metadata = encodeResponseFrame(3, 4, 10, encodeMessage(metadataResponse, 4, newMessage(metadataResponse, { topics: [{ name: 'teamAusers' }] })));
  const fetched = encodeResponseFrame(1, 11, 10, encodeMessage(fetchResponse, 11, newMessage(fetchResponse, { responses: [{ topic: 'teamAusers', partitions: [{ partitionIndex: 0, records: Buffer.alloc(1000, 1) }] }] })));

  test.each([
    { name: 'that stalls', api: metadataApi, version: 4, answer: metadata, act: (): void => {} },
    { name: 'that resets', api: metadataApi, version: 4, answer: metadata, act: (socket: Socket): void => void socket.resetAndDestroy() },
    { name: 'that stalls in a fetch, which is passed on as it comes', api: fetchApi, version: 11, answer: fetched, act: (): void => {} },
    { name: 'that resets in a fetch', api: fetchApi, version: 11, answer: fetched, act: (socket: Socket): void => void socket.resetAndDestroy() },
    { name: 'that closes', api: metadataApi, version: 4, answer: metadata, act: (socket: Socket): void => void socket.end() },
  ])('$name: its client sees a closed connection, no other client notices', async ({ api, version, answer, act }) => {
    await start();
    const [victim, other] = [await node.client('teamA'), await node.client('teamA')];
    victim.send(api as typeof metadataApi, version, 10, { topics: [] });
    const { socket } = await node.broker.next();
    socket.write(answer.subarray(0, answer.length - 5), () => act(socket));
    await victim.ended;
    answerEverything(node.broker);
    await isServed(other, 11);
    await expect.poll(() => node.limits.usageOf('teamA')).toMatchObject({ connections: 1, bytes: { used: 0 } });
  });

  test('that has not begun to answer is waited for: a long poll takes its time', async () => {
    await start();
    const [patient, slow] = [await node.client('teamA'), await node.client('teamA')];
    patient.send(fetchApi, 11, 10, { topics: [] });
    const asked = await node.broker.next();
    // This one is ended by the guard, so the guard has looked for longer than it waits in a frame.
    await drip(slow.socket, LONG_FRAME);
    asked.answer({ responses: [] });
    expect((await patient.receive(fetchApi, 11)).correlationId).toBe(10);
  });
});

test('10,000 requests at once are answered in order, and no more than the limit are under way', async () => {
  const COUNT = 10_000;
  node = await startLimitedNode({}, { maxInFlight: 50 });
  const client = await node.client('teamA');
  let open = 0;
  let most = 0;
  const held: (() => void)[] = [];
  void (async () => {
    for (;;) {
      const request = await node.broker.next();
      most = Math.max(most, ++open);
      const answer = (): void => {
        open--;
        request.answer({});
      };
      // The first ones are answered once as many are there as may be; the rest at once.
      if (held.length === 50) answer();
      else if (held.push(answer) === 50) for (const go of held) go();
    }
  })();
  for (let id = 0; id < COUNT; id++) client.send(metadataApi, 4, 100 + id, { topics: [] });
  for (let id = 0; id < COUNT; id++) expect((await client.receive(metadataApi, 4)).correlationId).toBe(100 + id);
  expect(most).toBe(50);
  await expect.poll(() => node.limits.usageOf('teamA').bytes.used).toBe(0);
}, 60_000);

describe('frames near the limit of 100 MiB', () => {
  const MAX = 104_857_600;
  const head = (size: number): Buffer => {
    const bytes = Buffer.from('00000000' + '00000007' + '0000000a' + 'ffff' + 'ffff' + 'ffff' + '000003e8' + '00000001' + '00057573657273' + '00000001' + '00000000' + '00000000', 'hex');
    bytes.writeInt32BE(size, 0);
    bytes.writeInt32BE(size + 4 - bytes.length, bytes.length - 4);
    return bytes;
  };

  test('of exactly that size: it is passed on, and little of it is kept here', async () => {
    node = await startLimitedNode({}, { maxFrameBytes: MAX });
    const client = await node.client('teamA');
    const piece = Buffer.alloc(1 << 20, 7);
    const first = head(MAX);
    client.socket.write(first);
    for (let left = MAX + 4 - first.length; left > 0; left -= piece.length) {
      if (!client.socket.write(piece.subarray(0, Math.min(left, piece.length)))) await once(client.socket, 'drain');
    }
    const { body, answer } = await node.broker.next();
    const [topic] = body['topicData'] as { name: string; partitionData: { records: Buffer }[] }[];
    expect(topic?.name).toBe('teamAusers');
    expect(topic?.partitionData[0]?.records.length).toBe(MAX + 4 - first.length);
    answer({ responses: [{ name: 'teamAusers', partitionResponses: [{ index: 0 }] }] });
    expect((await client.receive(produceApi, 7)).correlationId).toBe(10);
  }, 60_000);

  test('of one byte more: it is refused before any of it is read', async () => {
    node = await startLimitedNode({}, { maxFrameBytes: MAX });
    const client = await node.client('teamA');
    client.socket.write(head(MAX + 1));
    await client.ended;
    expect(node.lines.join('')).toContain(`frame of ${MAX + 1} bytes (allowed: 0 to ${MAX})`);
    expect(node.broker.connections.size).toBe(0);
  });
});

test.skipIf(platform() !== 'linux')('a client whose machine goes without a word is noticed: the system asks for it (TCP keep-alive)', async () => {
  await start(false);
  const [port] = (await freePorts(1)) as [number];
  const acceptor = createAcceptor({ port, tls: undefined, log: node.context.log, accept: (socket) => void new ClientConnection(socket, 1, node.context, node.context.log).serve() });
  const listener = await bindPort('127.0.0.1', port, (socket) => acceptor.take(socket));
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const { port: clientPort } = socket.address() as AddressInfo;
  const hex = (value: number): string => value.toString(16).toUpperCase().padStart(4, '0');
  /** Which timer a connection of this machine has: 02 is the one of keep-alive. */
  const timerOf = (local: number, remote: number): string | undefined =>
    new RegExp(`:${hex(local)} \\S+:${hex(remote)} 01 \\S+ (\\d\\d):`).exec(readFileSync('/proc/net/tcp', 'utf8'))?.[1];
  await expect.poll(() => timerOf(port, clientPort)).toBe('02');
  expect(timerOf(clientPort, port)).toBe('00');
  socket.destroy();
  await listener.close();
});
