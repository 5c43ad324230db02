import { afterEach, beforeEach, expect, test } from 'vitest';
import { BATCH, BATCH_HEADER_BYTES } from '../../../src/wire/record-batch.ts';
import { ERROR } from '../../../src/wire/error-codes.ts';
import { produceApi } from '../../../src/wire/generated/produce.ts';
import { clusterOfProducers } from '../../support/described-producers.ts';
import type { FrameClient } from '../../support/frame-peer.ts';
import { startScriptedGateway, type ScriptedGateway } from '../../support/scripted-gateway.ts';

const LAST = 41;
const VERSION = 9;

let gateway: ScriptedGateway;
let clients: readonly FrameClient[];

beforeEach(async () => {
  gateway = await startScriptedGateway();
  clients = [await gateway.authenticated(), await gateway.authenticated()];
});
afterEach(async () => await gateway.close());

/** Only its head: a scripted broker does not look at the records. */
function batchOf(baseSequence: number): Buffer {
  const bytes = Buffer.alloc(BATCH_HEADER_BYTES);
  bytes.writeInt32BE(BATCH_HEADER_BYTES - BATCH.partitionLeaderEpoch, BATCH.length);
  bytes.writeInt8(2, BATCH.magic);
  bytes.writeBigInt64BE(7n, BATCH.producerId);
  bytes.writeInt32BE(baseSequence, BATCH.baseSequence);
  return bytes;
}

const send = (connection: number, correlationId: number, baseSequence: number): void =>
  clients[connection]?.send(produceApi, VERSION, correlationId, { acks: -1, timeoutMs: 1000, topicData: [{ name: 'users', partitionData: [{ index: 0, records: batchOf(baseSequence) }] }] });
const errorOf = async (connection: number): Promise<number | undefined> => (await clients[connection]?.receive(produceApi, VERSION))?.body.responses[0]?.partitionResponses[0]?.errorCode;
const WRITTEN = { responses: [{ name: 'teamAusers', partitionResponses: [{ index: 0, errorCode: ERROR.NONE, baseOffset: 5n }] }] };

async function switchOver(): Promise<void> {
  gateway.isSettling = true;
  await gateway.sequences.moved();
  await gateway.flip();
}

test('after a switch a batch does not overtake the one before it, which comes on another connection', async () => {
  gateway.sequences.read(clusterOfProducers('teamAusers', [{ producerId: 7n, epoch: 0, lastSequence: LAST }]));
  await switchOver();
  send(0, 10, LAST + 2);
  expect(await errorOf(0)).toBe(ERROR.NOT_LEADER_OR_FOLLOWER);
  send(1, 11, LAST + 1);
  const first = await gateway.failover.next();
  expect(first.head.correlationId).toBe(11);
  send(0, 12, LAST + 2);
  expect(await errorOf(0)).toBe(ERROR.NOT_LEADER_OR_FOLLOWER);
  first.answer(WRITTEN);
  expect(await errorOf(1)).toBe(ERROR.NONE);
  send(0, 13, LAST + 2);
  (await gateway.failover.next()).answer(WRITTEN);
  expect(await errorOf(0)).toBe(ERROR.NONE);
});

test('a batch that the new cluster has refused is still the next one', async () => {
  gateway.sequences.read(clusterOfProducers('teamAusers', [{ producerId: 7n, epoch: 0, lastSequence: LAST }]));
  await switchOver();
  send(0, 10, LAST + 1);
  (await gateway.failover.next()).answer({ responses: [{ name: 'teamAusers', partitionResponses: [{ index: 0, errorCode: ERROR.NOT_ENOUGH_REPLICAS, baseOffset: -1n }] }] });
  expect(await errorOf(0)).toBe(ERROR.NOT_ENOUGH_REPLICAS);
  send(1, 11, LAST + 2);
  expect(await errorOf(1)).toBe(ERROR.NOT_LEADER_OR_FOLLOWER);
  send(0, 12, LAST + 1);
  expect((await gateway.failover.next()).head.correlationId).toBe(12);
});

test('control: where nobody has read what the cluster that was left knows, it does overtake', async () => {
  await switchOver();
  send(0, 10, LAST + 2);
  expect((await gateway.failover.next()).head.correlationId).toBe(10);
});
