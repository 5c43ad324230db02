import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bytesOf } from '../../../src/gateway/bytes/byte-source.ts';
import { FrameReader } from '../../../src/gateway/bytes/frame-reader.ts';
import { spliceFetchResponse } from '../../../src/gateway/splice/fetch-response.ts';
import { spliceProduceRequest } from '../../../src/gateway/splice/produce-request.ts';
import { TenantNames } from '../../../src/gateway/tenants/tenant-names.ts';
import { decodeMessage } from '../../../src/wire/codec.ts';
import { APIS } from '../../../src/wire/generated/apis.ts';
import { encodeMessage } from '../../../src/wire/codec.ts';
import { createTopicsRequest } from '../../../src/wire/generated/create-topics.ts';
import { deleteTopicsRequest } from '../../../src/wire/generated/delete-topics.ts';
import { describeGroupsRequest } from '../../../src/wire/generated/describe-groups.ts';
import { metadataRequest } from '../../../src/wire/generated/metadata.ts';
import { produceRequest } from '../../../src/wire/generated/produce.ts';
import { encodeRequestFrame } from '../../../src/wire/headers.ts';
import { newMessage } from '../../../src/wire/new-message.ts';
import { isArray, isWithin, type FieldSchema } from '../../../src/wire/schema.ts';
import { connectionContext } from '../../support/connection-context.ts';
import { startLimitedNode } from '../../support/limited-node.ts';
import { ClientConnection } from '../../../src/gateway/connection/client-connection.ts';

let server: Server;
let lines: string[];
let open: number;

beforeEach(async () => {
  lines = [];
  open = 0;
  const context = connectionContext((line) => void lines.push(line));
  server = createServer((socket) => {
    open++;
    void new ClientConnection(socket, 1, context, context.log).serve().finally(() => open--);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  server.close();
  await once(server, 'close');
});

/** Frames that begin like real ones and go on at random, and bytes that are random from the first on. */
const garbage = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
  fc.tuple(fc.constantFrom(...APIS.keys()), fc.integer({ min: 0, max: 20 }), fc.uint8Array({ maxLength: 200 })).map(([key, version, rest]) => {
    const frame = Buffer.alloc(14 + rest.length);
    frame.writeInt32BE(10 + rest.length, 0);
    frame.writeInt16BE(key, 4);
    frame.writeInt16BE(version, 6);
    frame.writeInt32BE(1, 8);
    frame.writeInt16BE(-1, 12);
    frame.set(rest, 14);
    return frame;
  }),
);

test('random bytes end the connection that sent them, never the node', async () => {
  const { port } = server.address() as AddressInfo;
  await fc.assert(
    fc.asyncProperty(fc.array(garbage, { minLength: 1, maxLength: 4 }), async (pieces) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.resume();
      for (const piece of pieces) socket.write(piece);
      socket.end();
      await once(socket, 'close');
    }),
    { numRuns: 300 },
  );
  await expect.poll(() => open).toBe(0);
  expect(lines.filter((line) => /TypeError|ReferenceError|RangeError|undefined/.test(line))).toEqual([]);
});

const names = new TenantNames('teamA');
const swallow = (): void => {};

test('the readers of spliced frames and of messages refuse what is wrong, in their own words, and make no memory for lengths that are only claimed', async () => {
  const before = process.memoryUsage().arrayBuffers;
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 0, max: 12 }), async (bytes, version) => {
      const frame = Buffer.from(bytes);
      const failures: unknown[] = [];
      const tried = async (act: () => unknown): Promise<void> => {
        try {
          await act();
        } catch (reason) {
          failures.push(reason);
        }
      };
      const reader = (): FrameReader => new FrameReader(bytesOf(frame), frame.length, version >= 9, 'fuzz');
      await tried(() => spliceProduceRequest(reader(), Buffer.alloc(10), names, swallow, swallow));
      await tried(() => spliceFetchResponse(reader(), version, names, swallow));
      for (const api of APIS.values()) {
        const [low, high] = api.request.validVersions;
        if (version >= low && version <= high) await tried(() => decodeMessage(api.request, version, frame));
      }
      for (const reason of failures) expect((reason as { code?: string }).code).toBe('PROTOCOL');
    }),
    { numRuns: 500 },
  );
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 << 20);
});

test('every cut of a real frame is refused or waited for, never misread', async () => {
  const body = encodeMessage(produceRequest, 9, newMessage(produceRequest, { acks: -1, topicData: [{ name: 'users', partitionData: [{ index: 0, records: Buffer.alloc(30, 7) }] }] }));
  for (let length = 0; length < body.length; length++) {
    const reader = new FrameReader(bytesOf(body.subarray(0, length)), length, true, 'Produce');
    await expect((async () => await spliceProduceRequest(reader, Buffer.alloc(0), names, swallow, swallow))()).rejects.toMatchObject({ code: 'PROTOCOL' });
  }
});

test('whatever a client that has logged in sends, a broker is never asked about a name without its prefix', async () => {
  const node = await startLimitedNode({}, { maxFrameBytes: 4096 });
  const foreign: string[] = [];
  let arrived = 0;
  void (async () => {
    for (;;) {
      const { head, body, socket } = await node.broker.next();
      arrived++;
      const request = APIS.get(head.apiKey)?.request;
      if (request !== undefined) foreign.push(...namesIn(request.fields, head.apiVersion, body).filter((name) => name !== '' && !name.startsWith('teamA')));
      socket.destroy();
    }
  })();
  // Real requests, so that some of them get through, with names that belong to others, and a byte here and there that is another.
  const request = fc.tuple(fc.constantFrom('', 'users', 'teamBusers', '.*', '_acls', 'a\0b', 'team'), fc.constantFrom(0, 1, 2, 3, 4), fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 2 })).map(([name, shape, flips]) => {
    const frames = [
      encodeRequestFrame(3, 4, 10, null, encodeMessage(metadataRequest, 4, newMessage(metadataRequest, { topics: [{ name }] }))),
      encodeRequestFrame(0, 7, 10, null, encodeMessage(produceRequest, 7, newMessage(produceRequest, { acks: -1, transactionalId: name, topicData: [{ name, partitionData: [{ index: 0, records: Buffer.alloc(20, 1) }] }, { name: 'x', partitionData: [] }] }))),
      encodeRequestFrame(19, 4, 10, null, encodeMessage(createTopicsRequest, 4, newMessage(createTopicsRequest, { topics: [{ name, numPartitions: 1, replicationFactor: 1 }] }))),
      encodeRequestFrame(15, 3, 10, null, encodeMessage(describeGroupsRequest, 3, newMessage(describeGroupsRequest, { groups: [name, 'g'] }))),
      encodeRequestFrame(20, 4, 10, null, encodeMessage(deleteTopicsRequest, 4, newMessage(deleteTopicsRequest, { topicNames: [name] }))),
    ];
    const frame = frames[shape] ?? Buffer.alloc(0);
    for (const [at, byte] of flips) if (at >= 14 && at < frame.length) frame[at] = byte;
    return frame;
  });
  try {
    await fc.assert(
      fc.asyncProperty(request, async (frame) => {
        const client = await node.client('teamA');
        client.socket.end(frame);
        await client.ended;
      }),
      { numRuns: 300 },
    );
    await expect.poll(() => node.connections.size, { timeout: 10_000 }).toBe(0);
    expect(foreign).toEqual([]);
    expect(arrived).toBeGreaterThan(50);
    expect(node.limits.usageOf('teamA')).toMatchObject({ connections: 0, bytes: { used: 0 } });
  } finally {
    await node.close();
  }
}, 60_000);

/** Every topic, group and transactional id in a decoded request. */
function namesIn(fields: readonly FieldSchema[], version: number, value: Record<string, unknown>): string[] {
  return fields.filter(({ versions }) => isWithin(version, versions)).flatMap(({ name, type, entityType }) => {
    const seen = value[name];
    if (entityType === 'topicName' || entityType === 'groupId' || entityType === 'transactionalId') return [seen].flat().filter((text): text is string => typeof text === 'string');
    const element = isArray(type) ? type.array : type;
    if (typeof element === 'string' || seen === null) return [];
    return [seen].flat().flatMap((entry) => namesIn(element.struct, version, entry as Record<string, unknown>));
  });
}

test('the check for foreign names sees them', () => {
  const body = newMessage(produceRequest, { transactionalId: 't', topicData: [{ name: 'a', partitionData: [] }, { name: 'b', partitionData: [] }] });
  expect(namesIn(produceRequest.fields, 7, { ...body })).toEqual(['t', 'a', 'b']);
  expect(namesIn(describeGroupsRequest.fields, 3, { ...newMessage(describeGroupsRequest, { groups: ['g'] }) })).toEqual(['g']);
});
