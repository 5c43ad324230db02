import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameReader, readFrameSize } from '../../../src/gateway/bytes/frame-reader.ts';
import { spliceFetchResponseById } from '../../../src/gateway/splice/fetch-response-by-id.ts';
import { spliceProduceRequestById, type UnknownTopic } from '../../../src/gateway/splice/produce-request-by-id.ts';
import { TenantNames } from '../../../src/gateway/tenants/tenant-names.ts';
import { decodeMessage, encodeMessage } from '../../../src/wire/codec.ts';
import { ERROR } from '../../../src/wire/error-codes.ts';
import { fetchResponse, type FetchResponse } from '../../../src/wire/generated/fetch.ts';
import { produceRequest } from '../../../src/wire/generated/produce.ts';
import { encodeRequestFrame, encodeResponseFrame, readRequestHeader } from '../../../src/wire/headers.ts';
import { newMessage } from '../../../src/wire/new-message.ts';
import { cut, sourceOf } from '../../support/byte-stream.ts';

const MAX_BYTES = 1 << 22;
const BROKER_FETCH = 12;
const names = (): TenantNames => new TenantNames('teamA');

interface Sent {
  readonly bytes: Buffer;
  readonly pieces: readonly Buffer[];
}

/** What was written, checked to be as long as it said first. */
function sent(pieces: readonly Buffer[]): Sent {
  const bytes = Buffer.concat(pieces);
  if (bytes.length > 0) expect(bytes.readInt32BE(0)).toBe(bytes.length - 4);
  return { bytes, pieces };
}

function fetchBody(topics: readonly string[], key: 'topic' | 'topicId') {
  return {
    throttleTimeMs: 3,
    sessionId: 77,
    responses: topics.map((topic) => ({
      [key]: topic,
      partitions: [
        { partitionIndex: 0, highWatermark: 9n, lastStableOffset: 8n, logStartOffset: 1n, abortedTransactions: [{ producerId: 5n, firstOffset: 2n }], records: Buffer.alloc(50, 1) },
        { partitionIndex: 1, errorCode: 6, highWatermark: -1n, abortedTransactions: null, records: null },
        { partitionIndex: 2, highWatermark: 4n, lastStableOffset: 4n, logStartOffset: 0n, abortedTransactions: [], records: Buffer.alloc(60, 2) },
      ],
    })),
  };
}

async function spliceFetch(topics: readonly string[], tenant: TenantNames, complete?: (answer: Record<string, unknown>) => void, pieceSize = MAX_BYTES): Promise<Sent> {
  const frame = encodeResponseFrame(1, BROKER_FETCH, 42, encodeMessage(fetchResponse, BROKER_FETCH, newMessage(fetchResponse, fetchBody(topics, 'topic'))));
  const source = sourceOf(cut(frame, pieceSize));
  const size = await readFrameSize(source, MAX_BYTES);
  const pieces: Buffer[] = [];
  await spliceFetchResponseById(new FrameReader(source, size, true, 'Fetch'), BROKER_FETCH, tenant, complete, (piece) => void pieces.push(Buffer.from(piece)));
  expect(source.buffered).toBe(0);
  return sent(pieces);
}

/** The client's view, in each version with ids; no version sees the same bytes otherwise. */
function fetched({ bytes }: Sent, version: number): FetchResponse {
  expect(bytes.readInt32BE(4)).toBe(42);
  const { unknownTags: _, ...answer } = decodeMessage(fetchResponse, version, bytes.subarray(9));
  return answer;
}

describe('a Fetch response, asked by id', () => {
  test.each([13, 14, 15, 16, 17].flatMap((version) => [[], ['users'], ['x', 'orders'], ['a-topic-with-a-long-name', 'x', 'users']].map((topics) => ({ version, topics }))))('version $version, $topics: ids in place of names, nothing else changed', async ({ version, topics }) => {
    const tenant = names();
    const answer = fetched(await spliceFetch(topics.map((name) => `teamA${name}`), tenant), version);
    const wanted = newMessage(fetchResponse, fetchBody(topics.map((name) => tenant.topicIds.idOf(name)), 'topicId'));
    expect(answer).toEqual(decodeMessage(fetchResponse, version, encodeMessage(fetchResponse, version, wanted)));
  });

  test('with one topic it is byte for byte what a cluster with these ids would have sent', async () => {
    const tenant = names();
    const wanted = encodeMessage(fetchResponse, 17, newMessage(fetchResponse, fetchBody([tenant.topicIds.idOf('users')], 'topicId')));
    expect((await spliceFetch(['teamAusers'], tenant)).bytes.equals(encodeResponseFrame(1, 17, 42, wanted))).toBe(true);
  });

  test('however it is cut, and with an alias of another length', async () => {
    const tenant = names();
    tenant.setAliases([{ virtual: 'orders', physical: 'o' }]);
    const whole = await spliceFetch(['teamAusers', 'o'], tenant);
    for (let pieceSize = 1; pieceSize < 100; pieceSize++) expect((await spliceFetch(['teamAusers', 'o'], tenant, undefined, pieceSize)).bytes.equals(whole.bytes)).toBe(true);
    expect(fetched(whole, 17).responses.map(({ topicId }) => topicId)).toEqual(['users', 'orders'].map((name) => tenant.topicIds.idOf(name)));
  });

  test('a topic that the broker was not asked for is added', async () => {
    const topicId = new TenantNames('teamB').topicIds.idOf('users');
    const lacking = newMessage<FetchResponse>(fetchResponse, { responses: [{ topicId, partitions: [{ partitionIndex: 4, errorCode: ERROR.UNKNOWN_TOPIC_ID, records: Buffer.alloc(0) }] }] });
    for (const topics of [[], ['teamAusers'], ['teamAusers', 'teamAorders']]) {
      const answer = fetched(await spliceFetch(topics, names(), (body) => void (body['responses'] as unknown[]).push(...lacking.responses)), 13);
      expect(answer.responses).toHaveLength(topics.length + 1);
      expect(answer.responses.find((topic) => topic.topicId === topicId)).toMatchObject({ partitions: [{ partitionIndex: 4, errorCode: ERROR.UNKNOWN_TOPIC_ID }] });
    }
  });

  test('a topic of another tenant ends the connection before its records are shown', async () => {
    await expect(spliceFetch(['teamBusers'], names())).rejects.toThrow(/another virtual cluster/);
  });
});

const RECORDS = [Buffer.alloc(40, 1), Buffer.alloc(0), Buffer.alloc(3000, 2)];
const BROKER_PRODUCE = 11;

interface Produced extends Sent {
  readonly acks: number[];
  readonly unknown: UnknownTopic[];
  readonly outcome: 'request' | 'nothing';
}

async function spliceProduce(ids: readonly string[], tenant: TenantNames, { acks = -1, transactionalId = null as string | null, pieceSize = MAX_BYTES } = {}): Promise<Produced> {
  const body = newMessage(produceRequest, { acks, transactionalId, timeoutMs: 9, topicData: ids.map((topicId) => ({ topicId, partitionData: RECORDS.map((records, index) => ({ index, records })) })) });
  const frame = encodeRequestFrame(0, 13, 42, 'client', encodeMessage(produceRequest, 13, body));
  const source = sourceOf(cut(frame, pieceSize));
  const reader = new FrameReader(source, await readFrameSize(source, MAX_BYTES), true, 'Produce');
  const header = await reader.bytes(readRequestHeader(frame.subarray(4)).bodyStart, 'head');
  header.writeInt16BE(BROKER_PRODUCE, 2);
  const pieces: Buffer[] = [];
  const seenAcks: number[] = [];
  const unknown: UnknownTopic[] = [];
  const { sent: outcome } = await spliceProduceRequestById(reader, header, tenant, async (id) => tenant.topicIds.nameOf(id), unknown, (value) => {
    expect(pieces).toEqual([]);
    seenAcks.push(value);
  }, (piece) => void pieces.push(Buffer.from(piece)));
  expect(source.buffered).toBe(0);
  return { ...sent(pieces), acks: seenAcks, unknown, outcome };
}

function produced({ bytes }: Sent) {
  const head = readRequestHeader(bytes.subarray(4));
  expect(head).toMatchObject({ apiKey: 0, apiVersion: BROKER_PRODUCE, correlationId: 42, clientId: 'client' });
  return decodeMessage(produceRequest, BROKER_PRODUCE, bytes.subarray(4), head.bodyStart);
}

describe('a Produce request by id', () => {
  test.each([['users'], ['users', 'x'], ['a-topic-with-a-long-name', 'x', 'users']].map((topics) => ({ topics })))('$topics: the broker gets physical names in its version, and the records untouched', async ({ topics }) => {
    const tenant = names();
    const seen = produced(await spliceProduce(topics.map((name) => tenant.topicIds.idOf(name)), tenant, { transactionalId: 'pay' }));
    expect(seen).toMatchObject({ transactionalId: 'teamApay', acks: -1, timeoutMs: 9 });
    expect(seen.topicData.map(({ name, partitionData }) => ({ name, records: partitionData.map(({ records }) => records) }))).toEqual(topics.map((name) => ({ name: `teamA${name}`, records: RECORDS })));
  });

  test('with one topic nothing is added', async () => {
    const tenant = names();
    const { bytes } = await spliceProduce([tenant.topicIds.idOf('users')], tenant);
    const body = newMessage(produceRequest, { acks: -1, timeoutMs: 9, topicData: [{ name: 'teamAusers', partitionData: RECORDS.map((records, index) => ({ index, records })) }] });
    expect(bytes.equals(encodeRequestFrame(0, BROKER_PRODUCE, 42, 'client', encodeMessage(produceRequest, BROKER_PRODUCE, body)))).toBe(true);
  });

  test('another tenant\'s id, alone: nothing is sent, and the source is at its end', async () => {
    const foreign = new TenantNames('teamB').topicIds.idOf('users');
    expect(await spliceProduce([foreign], names())).toMatchObject({ outcome: 'nothing', pieces: [], acks: [], unknown: [{ topicId: foreign, partitions: [0, 1, 2] }] });
  });

  test('another tenant\'s id, beside known ones: its records do not leave', async () => {
    const tenant = names();
    const foreign = new TenantNames('teamB').topicIds.idOf('users');
    for (const ids of [[foreign, tenant.topicIds.idOf('users')], [tenant.topicIds.idOf('users'), foreign]]) {
      const answer = await spliceProduce(ids, tenant);
      expect(answer).toMatchObject({ outcome: 'request', acks: [-1], unknown: [{ topicId: foreign, partitions: [0, 1, 2] }] });
      expect(produced(answer).topicData.filter(({ partitionData }) => partitionData.length > 0)).toMatchObject([{ name: 'teamAusers' }]);
      expect(answer.bytes.filter((byte) => byte === 2).length).toBeLessThan(3100);
    }
  });

  test('the names that are learned with the first id are foreseen, on a node that was restarted', async () => {
    const tenant = names();
    const virtual = ['a-topic-with-a-long-name', 'another-topic-with-a-long-name'];
    const ids = virtual.map((name) => new TenantNames('teamA').topicIds.idOf(name));
    const nameOf = tenant.topicIds.nameOf.bind(tenant.topicIds);
    tenant.topicIds.nameOf = (id) => {
      for (const name of virtual) tenant.topicIds.idOf(name);
      return nameOf(id);
    };
    expect((await spliceProduce(ids, tenant)).unknown).toEqual([]);
  });

  test('a name that is longer than what was foreseen is refused for this once, and the frame is whole', async () => {
    const tenant = names();
    const learned = 'learned-in-the-middle-of-the-frame-and-longer-than-any';
    const late = new TenantNames('teamA').topicIds.idOf(learned);
    const ids = [tenant.topicIds.idOf('users'), late];
    const nameOf = tenant.topicIds.nameOf.bind(tenant.topicIds);
    tenant.topicIds.nameOf = (id) => (id === late ? (tenant.topicIds.idOf(learned), learned) : nameOf(id));
    const first = await spliceProduce(ids, tenant);
    expect(first.unknown).toMatchObject([{ topicId: late }]);
    produced(first);
    expect((await spliceProduce(ids, tenant)).unknown).toEqual([]);
  });

  test('acks=0 is told before the first byte', async () => {
    const tenant = names();
    expect((await spliceProduce([tenant.topicIds.idOf('users')], tenant, { acks: 0 })).acks).toEqual([0]);
  });

  test('any mix of names, foreign ids and cuts gives one whole frame with the known topics', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.integer({ min: 1, max: 240 }), fc.boolean()), { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 5000 }), async (topics, pieceSize) => {
      const tenant = names();
      const foreign = new TenantNames('teamB');
      const virtual = topics.map(([length], index) => `${index}`.padEnd(length, 'x'));
      const ids = topics.map(([, isKnown], index) => (isKnown ? tenant : foreign).topicIds.idOf(virtual[index] ?? ''));
      const answer = await spliceProduce(ids, tenant, { pieceSize });
      const known = topics.flatMap(([, isKnown], index) => (isKnown ? [`teamA${virtual[index]}`] : []));
      expect(answer.unknown).toHaveLength(topics.length - known.length);
      const seen = answer.outcome === 'nothing' ? [] : produced(answer).topicData.filter(({ partitionData }) => partitionData.length > 0);
      expect(seen.map(({ name }) => name)).toEqual(known);
    }), { numRuns: 60 });
  });
});
