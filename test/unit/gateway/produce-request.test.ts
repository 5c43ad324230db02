import { describe, expect, test } from 'vitest';
import { FrameReader, readFrameSize } from '../../../src/gateway/bytes/frame-reader.ts';
import { spliceProduceRequest, swallowProduceRequest } from '../../../src/gateway/splice/produce-request.ts';
import { TenantNames } from '../../../src/gateway/tenants/tenant-names.ts';
import { encodeMessage } from '../../../src/wire/codec.ts';
import { produceRequest } from '../../../src/wire/generated/produce.ts';
import { encodeRequestFrame, isFlexible, readRequestHeader } from '../../../src/wire/headers.ts';
import { newMessage } from '../../../src/wire/new-message.ts';
import { ZERO_UUID } from '../../../src/wire/schema.ts';
import { cut, sourceOf } from '../../support/byte-stream.ts';

const VERSIONS = [3, 4, 5, 6, 7, 8, 9, 10, 11];
const MAX = 1 << 20;

function frameOf(version: number, topics: readonly string[], transactionalId: string | null, acks = -1): Buffer {
  const body = newMessage(produceRequest, {
    transactionalId,
    acks,
    timeoutMs: 1500,
    topicData: topics.map((name, index) => ({
      name,
      partitionData: [
        { index: 0, records: Buffer.alloc(70 + index, 7) },
        { index: 5, records: null },
        { index: 6, records: Buffer.alloc(0) },
      ],
    })),
  });
  return encodeRequestFrame(0, version, 42, 'a client', encodeMessage(produceRequest, version, body));
}

async function splice(frame: Buffer, version: number, names: TenantNames, pieceSize = frame.length): Promise<{ bytes: Buffer; acks: number }> {
  const source = sourceOf(cut(frame, pieceSize));
  const size = await readFrameSize(source, MAX);
  const head = readRequestHeader(frame.subarray(4));
  const reader = new FrameReader(source, size, isFlexible(0, version), 'Produce');
  const header = await reader.bytes(head.bodyStart, 'head');
  const pieces: Buffer[] = [];
  let acks = NaN;
  await spliceProduceRequest(reader, header, names, (seen) => (acks = seen), (piece) => void pieces.push(Buffer.from(piece)));
  return { bytes: Buffer.concat(pieces), acks };
}

function tenant(aliases: readonly { virtual: string; physical: string }[] = []): TenantNames {
  const names = new TenantNames('teamA');
  names.setAliases(aliases);
  return names;
}

describe('a spliced Produce request is the request that a client of the physical names would have sent', () => {
  test.each(VERSIONS.flatMap((version) => [
    { version, topics: [], transactionalId: null },
    { version, topics: ['users'], transactionalId: null },
    { version, topics: ['users'], transactionalId: 'pay' },
    { version, topics: ['users', 'orders', 'x'], transactionalId: 'pay' },
    { version, topics: ['n'.repeat(125)], transactionalId: null },
  ]))('version $version, topics $topics, transactional id $transactionalId', async ({ version, topics, transactionalId }) => {
    const expected = frameOf(version, topics.map((name) => `teamA${name}`), transactionalId === null ? null : `teamA${transactionalId}`);
    const { bytes, acks } = await splice(frameOf(version, topics, transactionalId), version, tenant());
    expect(bytes.equals(expected)).toBe(true);
    expect(acks).toBe(-1);
  });

  test.each([3, 9])('however it is cut (version %i)', async (version) => {
    const frame = frameOf(version, ['users', 'orders'], 'pay');
    const expected = frameOf(version, ['teamAusers', 'teamAorders'], 'teamApay');
    for (let pieceSize = 1; pieceSize <= frame.length; pieceSize++) {
      const { bytes } = await splice(frame, version, tenant(), pieceSize);
      expect(bytes.equals(expected)).toBe(true);
    }
  });

  test.each([3, 9])('with an alias of another length among the topics (version %i)', async (version) => {
    const names = tenant([{ virtual: 'orders', physical: 'legacy.orders.v2' }]);
    const { bytes } = await splice(frameOf(version, ['users', 'orders'], null), version, names);
    expect(bytes.equals(frameOf(version, ['teamAusers', 'legacy.orders.v2'], null))).toBe(true);
  });
});

test('a name whose length prefix grows beside others ends this connection, and the next try passes', async () => {
  const names = tenant();
  const topics = ['users', 'n'.repeat(125)];
  await expect(splice(frameOf(9, topics, null), 9, names)).rejects.toThrow(/changes the size of a frame/);
  const { bytes } = await splice(frameOf(9, topics, null), 9, names);
  expect(bytes.equals(frameOf(9, topics.map((name) => `teamA${name}`), null))).toBe(true);
});

test.each([
  { name: 'a topic name that claims more than the frame', at: 4 + 2 + 2 + 4 + 2 + 8 + 2 + 6 + 4, write: 0x7fff },
  { name: 'a negative length other than null', at: 4 + 2 + 2 + 4 + 2 + 8 + 2 + 6 + 4, write: -2 },
])('$name is refused before anything is waited for', async ({ at, write }) => {
  const frame = frameOf(3, ['users'], null);
  frame.writeInt16BE(write, at);
  await expect(splice(frame, 3, tenant())).rejects.toThrow(/Produce: topic/);
});

test.each([3, 9].flatMap((version) => ['topic', 'transactional id'].map((field) => ({ version, field }))))('a $field that is not UTF-8 is refused: written anew it would be longer, and records of the client would reach the broker as a request (version $version)', async ({ version, field }) => {
  const marked = 'x'.repeat(20);
  const frame = frameOf(version, field === 'topic' ? [marked] : ['users'], field === 'topic' ? null : marked);
  frame.fill(0xff, frame.indexOf(marked), frame.indexOf(marked) + marked.length);
  await expect(splice(frame, version, tenant())).rejects.toThrow(`Produce: ${field} is not UTF-8`);
});

test('a name whose length takes more bytes than it needs is refused, for the same reason', async () => {
  const frame = frameOf(9, ['users'], null);
  const at = frame.indexOf('users') - 1;
  const longer = Buffer.concat([frame.subarray(0, at), Buffer.from([0x80 | ('users'.length + 1), 0]), frame.subarray(at + 1)]);
  longer.writeInt32BE(longer.length - 4);
  await expect(splice(longer, 9, tenant())).rejects.toThrow('Produce: the length of topic is not in its shortest form');
});

test('bytes behind the last field are refused', async () => {
  const frame = Buffer.concat([frameOf(3, ['users'], null), Buffer.from([0])]);
  frame.writeInt32BE(frame.length - 4);
  await expect(splice(frame, 3, tenant())).rejects.toThrow(/1 bytes behind the last field/);
});

test.each([3, 9])('bytes behind a request that is swallowed are refused: they would be read as the next frame (version %i)', async (version) => {
  const frame = Buffer.concat([frameOf(version, ['users'], null), Buffer.from([0])]);
  frame.writeInt32BE(frame.length - 4);
  const source = sourceOf([frame]);
  const reader = new FrameReader(source, await readFrameSize(source, MAX), isFlexible(0, version), 'Produce');
  await reader.bytes(readRequestHeader(frame.subarray(4)).bodyStart, 'head');
  await expect(swallowProduceRequest(reader)).rejects.toThrow(/1 bytes behind the last field/);
});

test.each(VERSIONS)('a swallowed request leaves its names and nothing in the source (version %i)', async (version) => {
  const frame = frameOf(version, ['users', 'orders'], 'pay', 1);
  const source = sourceOf([frame]);
  const size = await readFrameSize(source, MAX);
  const reader = new FrameReader(source, size, isFlexible(0, version), 'Produce');
  await reader.bytes(readRequestHeader(frame.subarray(4)).bodyStart, 'head');
  expect(await swallowProduceRequest(reader)).toEqual({
    transactionalId: 'pay',
    acks: 1,
    topics: [
      { name: 'users', topicId: ZERO_UUID, partitions: [0, 5, 6] },
      { name: 'orders', topicId: ZERO_UUID, partitions: [0, 5, 6] },
    ],
  });
  expect(reader.remaining).toBe(0);
  expect(source.buffered).toBe(0);
});
