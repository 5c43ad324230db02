import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { API, API_TABLE, brokerVersionOf } from '../../src/gateway/api-table.ts';
import { encodeVarint, MAX_REQUEST_ELEMENTS } from '../../src/gateway/bytes/frame-reader.ts';
import { translateResponse } from '../../src/gateway/rewrite/translation.ts';
import { GwctlError } from '../../src/shared/errors.ts';
import { decodeMessage, encodeMessage } from '../../src/wire/codec.ts';
import { readVersioned } from '../../src/wire/consumer-protocol.ts';
import { crc32c } from '../../src/wire/crc32c.ts';
import { APIS } from '../../src/wire/generated/apis.ts';
import { consumerProtocolAssignment } from '../../src/wire/generated/consumer-protocol-assignment.ts';
import { consumerProtocolSubscription } from '../../src/wire/generated/consumer-protocol-subscription.ts';
import { metadataRequest } from '../../src/wire/generated/metadata.ts';
import { encodeRequestFrame, encodeResponseFrame, readRequestHeader, readResponseHeader } from '../../src/wire/headers.ts';
import { BATCH, BATCH_HEADER_BYTES, readRecordBatches } from '../../src/wire/record-batch.ts';
import { isArray, type ApiDefinition, type Message } from '../../src/wire/schema.ts';
import { readCapturedFrames, type CapturedFrame } from '../support/captured-frames.ts';
import { mutate, seededNumbers } from '../support/mutate.ts';
import { gatewaySide, receiveFetch, sendProduce, type Sent } from '../support/rewrite-tables/gateway-exchange.ts';
import { MessageFiller } from '../support/rewrite-tables/fill-message.ts';
import { tableSurroundings } from '../support/rewrite-tables/table-surroundings.ts';
import { forEachField } from '../support/schema-walk.ts';

const MUTANTS_OF_A_FRAME = 60;
/** For one small frame, on a machine that has other work: a count that is believed takes minutes. */
const FRAME_MS = 2000;
const GROWTH_BYTES = 300 * (1 << 20);
const TEST_MS = 120_000;
const MAX_DECOMPRESSED_BYTES = 1 << 16;

const captured = readCapturedFrames(path.join(import.meta.dirname, 'captured-frames.txt')).filter(({ api, version }) => isServed(api, version));
const batches = readFileSync(path.join(import.meta.dirname, 'kafka-4.3.1-batches.txt'), 'utf8').trimEnd().split('\n').map((line) => Buffer.from(line.split(' ')[1] ?? '', 'base64'));

/** Frames of each api and version that no client spoke, made of its schema. */
const made: readonly CapturedFrame[] = [...API_TABLE.values()].flatMap(({ key, min, max }) => Array.from({ length: max - min + 1 }, (_, index) => min + index).flatMap((version) => (['request', 'response'] as const).map((direction) => frameOf(key, version, direction))));
const frames = [...captured, ...made];

function frameOf(key: number, version: number, direction: 'request' | 'response'): CapturedFrame {
  const api = APIS.get(key);
  if (api === undefined) throw new Error(`no api ${key}`);
  const at = direction === 'request' ? version : brokerVersionOf(key, version);
  const schema = api[direction];
  const body = encodeMessage(schema, at, new MessageFiller(at, at >= schema.flexibleFrom).fill(schema.fields));
  const bytes = (direction === 'request' ? encodeRequestFrame(api, at, 1, 'client', body) : encodeResponseFrame(key, at, 1, body)).subarray(4);
  const { bodyStart } = direction === 'request' ? readRequestHeader(bytes) : readResponseHeader(key, at, bytes);
  return { client: 'made', api, version: at, direction, schema, bytes, bodyStart };
}

function isServed({ key }: ApiDefinition, version: number): boolean {
  const rule = API_TABLE.get(key);
  return rule !== undefined && version >= rule.min && version <= rule.max;
}

/** Runs a reader over every mutant; answers with what it did wrong, and how to see it again. Time and memory are bounded on the way. */
async function complaintsOf<T>(seed: number, inputs: readonly T[], mutant: (input: T, next: (below: number) => number) => Buffer, read: (input: T, bytes: Buffer) => unknown): Promise<readonly string[]> {
  const next = seededNumbers(seed);
  const complaints: string[] = [];
  const usedBytes = (): number => process.memoryUsage().heapUsed + process.memoryUsage().external;
  const before = usedBytes();
  for (const [index, input] of inputs.entries()) {
    for (let count = 0; count < MUTANTS_OF_A_FRAME; count++) {
      const bytes = mutant(input, next);
      const startMs = performance.now();
      let complaint: unknown;
      try {
        complaint = await read(input, bytes);
      } catch (reason) {
        if (!(reason instanceof GwctlError && reason.code === 'PROTOCOL')) complaint = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
      }
      if (performance.now() - startMs > FRAME_MS) complaint ??= `took ${performance.now() - startMs} ms`;
      if (complaint !== undefined) complaints.push(`input ${index}, ${bytes.toString('base64')}: ${String(complaint)}`);
      if (complaints.length > 5) return complaints;
    }
    if (usedBytes() - before > GROWTH_BYTES) complaints.push(`input ${index}: ${usedBytes() - before} bytes more than before`);
  }
  return complaints;
}

const other = (next: (below: number) => number): Buffer => (frames[next(frames.length)] as CapturedFrame).bytes;

/** Which name in a request to a broker is not one of teamA's. */
function foreignName(api: ApiDefinition, sent: Sent): string | undefined {
  if (sent.kind !== 'forward') return undefined;
  let foreign: string | undefined;
  forEachField(api.request, brokerVersionFor(api, sent), sent.asked, (field, owner) => {
    if (field.entityType !== 'topicName' && field.entityType !== 'groupId' && field.entityType !== 'transactionalId') return;
    const value = owner[field.name];
    for (const name of isArray(field.type) ? ((value ?? []) as string[]) : [value]) {
      if (typeof name === 'string' && !name.startsWith('teamA') && name !== 'old.topic') foreign = `${field.name}: ${name}`;
    }
  });
  return foreign;
}

function brokerVersionFor(api: ApiDefinition, _: Sent): number {
  return API_TABLE.get(api.key)?.brokerMax ?? 0;
}

/** What follows a frame that is longer than it says would be read as the next one. */
function frameComplaint(frame: Buffer): string | undefined {
  return frame.readInt32BE(0) === frame.length - 4 ? undefined : `a frame of ${frame.length - 4} bytes says that it has ${frame.readInt32BE(0)}`;
}

describe('mutated frames of real clients and brokers', () => {
  const requests = frames.filter(({ direction }) => direction === 'request');
  const responses = frames.filter(({ direction }) => direction === 'response');

  test.each([1, 2])('as requests they are refused as PROTOCOL or reach the broker under the own prefix (seed %i)', { timeout: TEST_MS }, async (seed) => {
    const side = gatewaySide(tableSurroundings());
    const complaints = await complaintsOf(seed, requests, (frame, next) => mutate(frame.bytes, 0, other(next), next), async (_, bytes) => {
      const head = readRequestHeader(bytes);
      const api = APIS.get(head.apiKey);
      if (api === undefined || !isServed(api, head.apiVersion)) return undefined;
      if (api.key === API.produce) return foreignName(api, await sendProduce(api, head.apiVersion, bytes, tableSurroundings()));
      return foreignName(api, await side.request(api, head.apiVersion, decodeMessage(api.request, head.apiVersion, bytes, head.bodyStart, MAX_REQUEST_ELEMENTS)));
    });
    expect(complaints).toEqual([]);
  });

  test.each([3, 4])('as answers they are refused as PROTOCOL or go on (seed %i)', { timeout: TEST_MS }, async (seed) => {
    const complaints = await complaintsOf(seed, responses, (frame, next) => mutate(frame.bytes, 4, other(next), next), async ({ api, version }, bytes) => {
      const brokerVersion = brokerVersionOf(api.key, version);
      if (api.key === API.fetch) return frameComplaint(await receiveFetch(version, bytes, tableSurroundings()));
      const answer: Message = decodeMessage(api.response, brokerVersion, bytes, readResponseHeader(api.key, brokerVersion, bytes).bodyStart);
      await translateResponse(api, { apiVersion: version }, answer, tableSurroundings(), true);
      return void encodeMessage(api.response, version, answer);
    });
    expect(complaints).toEqual([]);
  });

  test('random bytes are no frame', { timeout: TEST_MS }, async () => {
    const complaints = await complaintsOf(5, [...API_TABLE.values()], ({ key, max }, next) => Buffer.concat([Buffer.from([0, key, 0, next(max + 1), 0, 0, 0, 1, 0xff, 0xff]), Buffer.from(Array.from({ length: next(200) }, () => next(256)))]), async (_, bytes) => {
      const { apiKey, apiVersion, bodyStart } = readRequestHeader(bytes);
      const api = APIS.get(apiKey);
      if (api === undefined || !isServed(api, apiVersion)) return undefined;
      if (api.key === API.produce) return foreignName(api, await sendProduce(api, apiVersion, bytes, tableSurroundings()));
      return foreignName(api, await gatewaySide(tableSurroundings()).request(api, apiVersion, decodeMessage(api.request, apiVersion, bytes, bodyStart)));
    });
    expect(complaints).toEqual([]);
  });
});

describe('mutated records', () => {
  test.each([6, 7, 8, 9])('give records or PROTOCOL, and no more bytes than allowed (seed %i)', { timeout: TEST_MS }, async (seed) => {
    const complaints = await complaintsOf(seed, batches, (batch, next) => withCrc(mutate(batch, BATCH.attributes, other(next), next)), (_, bytes) => {
      let recordBytes = 0;
      for (const batch of readRecordBatches(bytes, MAX_DECOMPRESSED_BYTES)) for (const { key, value } of batch.records()) recordBytes += (key?.length ?? 0) + (value?.length ?? 0);
      return recordBytes > MAX_DECOMPRESSED_BYTES + bytes.length ? `${recordBytes} bytes of records` : undefined;
    });
    expect(complaints).toEqual([]);
  });

  test('group messages, too', { timeout: TEST_MS }, async () => {
    const groups = captured.filter(({ api, direction }) => api.name === 'JoinGroup' && direction === 'request').flatMap(({ version, bytes, bodyStart, schema }) => (decodeMessage(schema, version, bytes, bodyStart)['protocols'] as { metadata: Buffer }[]).map(({ metadata }) => metadata));
    expect(groups.length).toBeGreaterThan(5);
    const complaints = await complaintsOf(10, groups, (metadata, next) => mutate(metadata, 0, other(next), next), (_, bytes) => {
      for (const schema of [consumerProtocolSubscription, consumerProtocolAssignment]) readVersioned<object>(schema, bytes);
    });
    expect(complaints).toEqual([]);
  });
});

describe('frames that ask for much', () => {
  test('a Metadata request of 16 MiB with as many topics as fit is refused before they are made', () => {
    const count = 8 * (1 << 20);
    const body = Buffer.concat([encodeVarint(count + 1), Buffer.alloc(2 * count, Buffer.from([1, 0])), Buffer.from([0, 0, 0, 0])]);
    const before = process.memoryUsage().heapUsed;
    expect(() => decodeMessage(metadataRequest, 9, body, 0, MAX_REQUEST_ELEMENTS)).toThrow(/8388608 elements or more at offset \d+ \(allowed: 250000 in a message\)/);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 * (1 << 20));
  });
});

describe('controls', () => {
  const frame = frames.slice(0, 1);
  const copy = ({ bytes }: CapturedFrame): Buffer => bytes;

  test('a reader that runs past its end is noticed', async () => {
    expect((await complaintsOf(0, frame, copy, (_, bytes) => bytes.readInt32BE(bytes.length)))[0]).toMatch(/RangeError/);
  });

  test('one that is slow is noticed', async () => {
    const spin = (): void => {
      const untilMs = performance.now() + FRAME_MS;
      while (performance.now() <= untilMs);
    };
    let count = 0;
    expect((await complaintsOf(0, frame, copy, () => (count++ === 0 ? spin() : undefined)))[0]).toMatch(/took \d/);
  });

  test('one that keeps what it should not is noticed', async () => {
    const kept: Buffer[] = [];
    expect((await complaintsOf(0, frame, copy, () => void kept.push(Buffer.alloc((2 * GROWTH_BYTES) / MUTANTS_OF_A_FRAME))))[0]).toMatch(/bytes more than before/);
  });

  test('a name without the prefix is noticed', () => {
    const api = APIS.get(API.heartbeat);
    if (api === undefined) throw new Error('no api');
    expect(foreignName(api, { kind: 'forward', complete: () => {}, asked: { groupId: 'teamBg', generationId: 0, memberId: '', groupInstanceId: null } })).toBe('groupId: teamBg');
  });
});

/** The batch's own checksum put right, so that what is behind it is read. */
function withCrc(batch: Buffer): Buffer {
  if (batch.length < BATCH_HEADER_BYTES) return batch;
  batch.writeInt32BE(batch.length - BATCH.partitionLeaderEpoch, BATCH.length);
  batch.writeUInt32BE(crc32c(batch, BATCH.attributes), BATCH.crc);
  return batch;
}
