import { describe, expect, test } from 'vitest';
import { FrameReader, readFrameSize } from '../../../src/gateway/bytes/frame-reader.ts';
import { spliceFetchResponse } from '../../../src/gateway/splice/fetch-response.ts';
import { TenantNames } from '../../../src/gateway/tenants/tenant-names.ts';
import { decodeMessage, encodeMessage } from '../../../src/wire/codec.ts';
import { fetchResponse, type FetchResponse } from '../../../src/wire/generated/fetch.ts';
import { encodeResponseFrame, isFlexible } from '../../../src/wire/headers.ts';
import { newMessage, type Draft } from '../../../src/wire/new-message.ts';
import { cut, sourceOf } from '../../support/byte-stream.ts';

const VERSIONS = [4, 5, 6, 7, 8, 9, 10, 11, 12];

function bodyOf(topics: readonly string[]): Draft<FetchResponse> {
  return {
    throttleTimeMs: 3,
    sessionId: 77,
    responses: topics.map((topic) => ({
      topic,
      partitions: [
        { partitionIndex: 0, highWatermark: 9n, lastStableOffset: 8n, logStartOffset: 1n, abortedTransactions: [{ producerId: 5n, firstOffset: 2n }], records: Buffer.alloc(50, 1) },
        { partitionIndex: 1, errorCode: 6, highWatermark: -1n, abortedTransactions: null, records: null },
        { partitionIndex: 2, highWatermark: 4n, lastStableOffset: 4n, logStartOffset: 0n, abortedTransactions: [], records: Buffer.alloc(60, 2) },
      ],
    })),
  };
}

function frameOf(version: number, topics: readonly string[]): Buffer {
  return encodeResponseFrame(1, version, 42, encodeMessage(fetchResponse, version, newMessage(fetchResponse, bodyOf(topics))));
}

async function splice(frame: Buffer, version: number, names: TenantNames, pieceSize = frame.length): Promise<Buffer> {
  const source = sourceOf(cut(frame, pieceSize));
  const size = await readFrameSize(source, 1 << 20);
  const pieces: Buffer[] = [];
  await spliceFetchResponse(new FrameReader(source, size, isFlexible(1, version), 'Fetch'), version, names, (piece) => void pieces.push(Buffer.from(piece)));
  return Buffer.concat(pieces);
}

describe('a spliced Fetch response is the response that a cluster with the virtual names would have given', () => {
  test.each(VERSIONS.flatMap((version) => [{ version, topics: [] }, { version, topics: ['users'] }, { version, topics: ['users', 'orders', 'x'] }]))('version $version, topics $topics', async ({ version, topics }) => {
    const bytes = await splice(frameOf(version, topics.map((name) => `teamA${name}`)), version, new TenantNames('teamA'));
    expect(bytes.equals(frameOf(version, topics))).toBe(true);
  });

  test.each([4, 12])('however it is cut (version %i)', async (version) => {
    const frame = frameOf(version, ['teamAusers', 'teamAorders']);
    for (let pieceSize = 1; pieceSize <= frame.length; pieceSize++) {
      expect((await splice(frame, version, new TenantNames('teamA'), pieceSize)).equals(frameOf(version, ['users', 'orders']))).toBe(true);
    }
  });

  test('with an alias of another length among the topics', async () => {
    const names = new TenantNames('teamA');
    names.setAliases([{ virtual: 'orders', physical: 'legacy.orders.v2' }]);
    expect((await splice(frameOf(12, ['teamAusers', 'legacy.orders.v2']), 12, names)).equals(frameOf(12, ['users', 'orders']))).toBe(true);
  });
});

test('leader epochs that a broker shows all the same are set to -1 (D1)', async () => {
  const draft = bodyOf(['teamAusers']);
  const message = newMessage<FetchResponse>(fetchResponse, draft);
  for (const partition of message.responses[0]?.partitions ?? []) {
    partition.currentLeader = { leaderId: 3, leaderEpoch: 17 };
    // A later version of Kafka may say more in it, in a tagged field.
    Object.assign(partition, { divergingEpoch: { epoch: 4, endOffset: 12n, unknownTags: [{ tag: 3, bytes: Buffer.from('more') }] } });
  }
  const bytes = await splice(encodeResponseFrame(1, 12, 42, encodeMessage(fetchResponse, 12, message)), 12, new TenantNames('teamA'));
  const seen = decodeMessage(fetchResponse, 12, bytes.subarray(4 + 5));
  for (const partition of seen.responses[0]?.partitions ?? []) {
    expect(partition.currentLeader).toMatchObject({ leaderId: -1, leaderEpoch: -1 });
    expect(partition.divergingEpoch).toMatchObject({ epoch: -1, endOffset: -1n });
  }
});

test('an answer with a topic of another tenant ends the connection before its records are shown', async () => {
  await expect(splice(frameOf(12, ['teamBusers']), 12, new TenantNames('teamA'))).rejects.toThrow(/another virtual cluster/);
});
