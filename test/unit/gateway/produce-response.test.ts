import { describe, expect, test } from 'vitest';
import { encodeString } from '../../../src/gateway/bytes/frame-reader.ts';
import { plainProduceResponse } from '../../../src/gateway/splice/produce-response.ts';
import { TenantNames } from '../../../src/gateway/tenants/tenant-names.ts';
import { encodeMessage } from '../../../src/wire/codec.ts';
import { produceResponse, type ProduceResponse } from '../../../src/wire/generated/produce.ts';
import { encodeResponseFrame } from '../../../src/wire/headers.ts';
import { newMessage, type Draft } from '../../../src/wire/new-message.ts';

const PRODUCE = 0;
const names = new TenantNames('teamA');
const VIRTUAL = { name: 'users', topicId: names.topicIds.idOf('users') };

function partition(index: number): Draft<ProduceResponse['responses'][number]['partitionResponses'][number]> {
  return { index, baseOffset: 2n ** 40n + BigInt(index), logStartOffset: 7n };
}

function bodyOf(topic: Draft<ProduceResponse['responses'][number]>, partitions: readonly number[], throttleTimeMs = 0): Draft<ProduceResponse> {
  return { responses: [{ ...topic, partitionResponses: partitions.map(partition) }], throttleTimeMs };
}

function frameOf(version: number, body: Draft<ProduceResponse>): Buffer {
  return encodeResponseFrame(PRODUCE, version, 42, encodeMessage(produceResponse, version, newMessage(produceResponse, body)));
}

/** As it comes from a broker that was asked in `version`, for a client that asked in `clientVersion`. */
function plain(version: number, body: Draft<ProduceResponse>, { clientVersion = version, throttleMs = 0 } = {}): ReturnType<typeof plainProduceResponse> {
  return plainProduceResponse(frameOf(version, body).subarray(4), version, throttleMs, (topic) => {
    const virtual = names.topicToVirtual(topic);
    if (virtual === undefined) return undefined;
    return clientVersion < 13 ? encodeString(virtual, true) : names.topicIds.bytesOf(virtual);
  });
}

describe('an answer by which everything was written', () => {
  test.each([9, 10, 11, 12].flatMap((version) => [1, 2, 126].map((count) => ({ version, count }))))('is the client\'s but for the name (version $version, $count partitions)', ({ version, count }) => {
    const partitions = Array.from({ length: count }, (_, index) => index * 3);
    const seen = plain(version, bodyOf({ name: 'teamAusers' }, partitions, 5));
    expect(seen?.frame.equals(frameOf(version, bodyOf(VIRTUAL, partitions, 5)))).toBe(true);
    expect(seen?.topic).toBe('teamAusers');
    expect(seen?.written).toEqual(partitions.map((index) => ({ index, errorCode: 0, baseOffset: 2n ** 40n + BigInt(index) })));
  });

  test('names the topic by id for a client that did', () => {
    const seen = plain(11, bodyOf({ name: 'teamAusers' }, [0, 1]), { clientVersion: 13 });
    expect(seen?.frame.equals(frameOf(13, bodyOf(VIRTUAL, [0, 1])))).toBe(true);
  });

  test.each([{ told: 30, own: 20, expected: 30 }, { told: 0, own: 20, expected: 20 }])('says the longer of both throttle times ($told, $own)', ({ told, own, expected }) => {
    const seen = plain(11, bodyOf({ name: 'teamAusers' }, [0], told), { throttleMs: own });
    expect(seen?.frame.equals(frameOf(11, bodyOf(VIRTUAL, [0], expected)))).toBe(true);
  });
});

describe('has to be decoded', () => {
  const good = bodyOf({ name: 'teamAusers' }, [0, 1]);
  const withPartition = (changes: Draft<ProduceResponse['responses'][number]['partitionResponses'][number]>): Draft<ProduceResponse> => ({ responses: [{ name: 'teamAusers', partitionResponses: [partition(0), { ...partition(1), ...changes }] }] });

  test.each([
    { why: 'an older version', version: 8, body: good },
    { why: 'an error', version: 11, body: withPartition({ errorCode: 6 }) },
    { why: 'a refused record', version: 11, body: withPartition({ recordErrors: [{ batchIndex: 1 }] }) },
    { why: 'a message', version: 11, body: withPartition({ errorMessage: '' }) },
    { why: 'a leader', version: 11, body: withPartition({ currentLeader: { leaderId: 2, leaderEpoch: 9 } }) },
    { why: 'an unknown tag of a partition', version: 11, body: withPartition({ unknownTags: [{ tag: 99, bytes: Buffer.from('x') }] }) },
    { why: 'an endpoint', version: 11, body: { ...good, nodeEndpoints: [{ nodeId: 2, host: 'broker', port: 9092 }] } },
    { why: 'an unknown tag', version: 11, body: { ...good, unknownTags: [{ tag: 99, bytes: Buffer.from('x') }] } },
    { why: 'no topic', version: 11, body: {} },
    { why: 'no partition', version: 11, body: bodyOf({ name: 'teamAusers' }, []) },
    { why: 'more partitions than one byte says', version: 11, body: bodyOf({ name: 'teamAusers' }, Array.from({ length: 127 }, (_, index) => index)) },
    { why: 'two topics', version: 11, body: { responses: [...(good.responses ?? []), ...(good.responses ?? [])] } },
    { why: 'a long name', version: 11, body: bodyOf({ name: `teamA${'u'.repeat(122)}` }, [0]) },
    { why: 'the name of another virtual cluster', version: 11, body: bodyOf({ name: 'teamBusers' }, [0]) },
  ])('$why', ({ version, body }) => expect(plain(version, body)).toBeUndefined());

  test('anything that ends elsewhere', () => {
    const whole = frameOf(11, good).subarray(4);
    for (let end = 0; end < whole.length; end++) expect(plainProduceResponse(whole.subarray(0, end), 11, 0, () => Buffer.alloc(1))).toBeUndefined();
    expect(plainProduceResponse(Buffer.concat([whole, Buffer.alloc(1)]), 11, 0, () => Buffer.alloc(1))).toBeUndefined();
    expect(plainProduceResponse(whole, 11, 0, () => Buffer.alloc(1))).toBeDefined();
  });
});
