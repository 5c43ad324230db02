import { statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { API, API_TABLE } from '../../src/gateway/api-table.ts';
import { decodeMessage, encodeMessage } from '../../src/wire/codec.ts';
import { encodeRequestFrame, encodeResponseFrame, readRequestHeader, readResponseHeader } from '../../src/wire/headers.ts';
import { readCapturedFrames, type CapturedFrame } from '../support/captured-frames.ts';
import { gatewaySide, sendProduce } from '../support/rewrite-tables/gateway-exchange.ts';
import { tableSurroundings } from '../support/rewrite-tables/table-surroundings.ts';

// kafkajs, librdkafka (Python's confluent-kafka, and kcat), the Java clients and tools of two versions, and a broker: tools/capture-frames.mjs.
const FILE = path.join(import.meta.dirname, 'captured-frames.txt');
const MAX_BYTES = 300 * 1024;
const frames = readCapturedFrames(FILE);

/** The whole frame, written anew from what was read of it. */
function writtenAnew({ api, version, direction, schema, bytes, bodyStart }: CapturedFrame): Buffer {
  const body = encodeMessage(schema, version, decodeMessage(schema, version, bytes, bodyStart));
  if (direction === 'response') return encodeResponseFrame(api.key, version, readResponseHeader(api.key, version, bytes).correlationId, body).subarray(4);
  const { correlationId, clientId } = readRequestHeader(bytes);
  return encodeRequestFrame(api, version, correlationId, clientId, body).subarray(4);
}

describe('frames of real clients and of a real broker', () => {
  test.each(frames.map((frame) => ({ ...frame, name: frame.api.name, length: frame.bytes.length })))('$client $name v$version $direction of $length bytes is written as it was read', (frame) => {
    expect(writtenAnew(frame).toString('hex')).toBe(frame.bytes.toString('hex'));
  });

  test.each(frames.filter(({ direction, api, version }) => direction === 'request' && isServed(api.key, version)).map((frame) => ({ ...frame, name: frame.api.name, length: frame.bytes.length })))('$client $name v$version of $length bytes passes the gateway', async ({ api, version, schema, bytes, bodyStart }) => {
    const around = tableSurroundings();
    const sent = await (api.key === API.produce ? sendProduce(api, version, bytes, around) : gatewaySide(around).request(api, version, decodeMessage(schema, version, bytes, bodyStart)));
    expect(['forward', 'answer', 'nothing']).toContain(sent.kind);
  });

  test('a byte that is not kept is noticed', () => {
    const frame = frames.find(({ api, direction, bytes }) => api.name === 'Fetch' && direction === 'request' && bytes.length > 40);
    if (frame === undefined) throw new Error('no Fetch request');
    const changed = Buffer.from(frame.bytes);
    const at = frame.bodyStart + 8;
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
    expect(writtenAnew({ ...frame, bytes: changed }).equals(frame.bytes)).toBe(false);
  });
});

describe('the set of them', () => {
  test.each(['kafkajs', 'confluent', 'java-4.3.1', 'java-3.9.2', 'kcat'])('%s is in it, with what producing and consuming needs, both ways', (client) => {
    const kinds = new Set(frames.filter((frame) => frame.client === client).map(({ api, direction }) => `${api.name} ${direction}`));
    for (const name of ['ApiVersions', 'Metadata', 'Produce', 'Fetch', 'FindCoordinator', 'JoinGroup', 'SyncGroup']) {
      expect(kinds).toContain(`${name} request`);
      expect(kinds).toContain(`${name} response`);
    }
  });

  test('most of what the gateway serves is in it, none of it twice, and it is small', () => {
    const served = new Set(frames.map(({ api }) => api.key).filter((key) => API_TABLE.has(key)));
    expect(served.size).toBeGreaterThan(API_TABLE.size - 5);
    expect(new Set(frames.map(({ client, direction, version, api, bytes }) => `${client} ${api.name} ${version} ${direction} ${bytes.toString('base64')}`)).size).toBe(frames.length);
    expect(statSync(FILE).size).toBeLessThan(MAX_BYTES);
  });
});

function isServed(key: number, version: number): boolean {
  const rule = API_TABLE.get(key);
  return rule !== undefined && version >= rule.min && version <= rule.max;
}
