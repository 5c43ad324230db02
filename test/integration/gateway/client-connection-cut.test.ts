import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ClusterCut } from '../../../src/gateway/switch/cluster-cut.ts';
import { TopicIds } from '../../../src/gateway/tenants/topic-ids.ts';
import { encodeRecordBatch } from '../../../src/wire/encode-record-batch.ts';
import { ERROR } from '../../../src/wire/error-codes.ts';
import { fetchApi } from '../../../src/wire/generated/fetch.ts';
import { listOffsetsApi } from '../../../src/wire/generated/list-offsets.ts';
import { produceApi } from '../../../src/wire/generated/produce.ts';
import { startScriptedGateway, type ScriptedGateway } from '../../support/scripted-gateway.ts';

const RECORDS = encodeRecordBatch([{ key: null, value: Buffer.from('x'), timestamp: 1n }]);
const PRODUCE = { acks: -1, timeoutMs: 1000, topicData: [{ name: 'users', partitionData: [{ index: 0, records: RECORDS }, { index: 3, records: RECORDS }] }] };
const PRODUCED = { responses: [{ name: 'teamAusers', partitionResponses: [{ index: 0, baseOffset: 7n }, { index: 3, baseOffset: 8n }] }] };
const NOT_LEADER = { errorCode: ERROR.NOT_LEADER_OR_FOLLOWER, baseOffset: -1n };
let gateway: ScriptedGateway;

beforeEach(async () => {
  gateway = await startScriptedGateway();
});
afterEach(async () => await gateway.close());

describe('a cluster that does not answer, and is given up', () => {
  test.each([
    { name: 'by name', version: 11, topic: { name: 'users' } },
    { name: 'by id', version: 13, topic: { topicId: new TopicIds('teamA').idOf('users') } },
  ])('a write that it took $name is not acknowledged: its producer is sent to look for a leader, and the socket stays', async ({ version, topic }) => {
    const client = await gateway.authenticated();
    client.send(produceApi, version, 10, { ...PRODUCE, topicData: [{ ...topic, partitionData: PRODUCE.topicData[0]?.partitionData ?? [] }] });
    const request = await gateway.main.next();
    gateway.gate.close();
    await gateway.cutOff();
    const { body, correlationId } = await client.receive(produceApi, version);
    expect(correlationId).toBe(10);
    expect(body.responses).toMatchObject([{ ...topic, partitionResponses: [{ index: 0, ...NOT_LEADER }, { index: 3, ...NOT_LEADER }] }]);
    expect(gateway.inFlight.count).toBe(0);

    request.answer(PRODUCED); // too late: nobody hears it
    client.send(produceApi, 11, 11, PRODUCE);
    await gateway.flip();
    gateway.gate.open();
    (await gateway.failover.next()).answer(PRODUCED);
    expect(await client.receive(produceApi, 11)).toMatchObject({ correlationId: 11, body: { responses: [{ partitionResponses: [{ errorCode: 0 }, { errorCode: 0 }] }] } });
  });

  test('a read waits for the other cluster, whether it was sent before or after', async () => {
    const client = await gateway.authenticated();
    client.send(listOffsetsApi, 5, 10, { replicaId: -1, topics: [{ name: 'users', partitions: [{ partitionIndex: 0, timestamp: -1n }] }] });
    await gateway.main.next();
    await gateway.cutOff();
    client.send(listOffsetsApi, 5, 11, { replicaId: -1, topics: [{ name: 'users', partitions: [{ partitionIndex: 1, timestamp: -1n }] }] });
    await gateway.flip();
    for (const partitionIndex of [0, 1]) {
      const request = await gateway.failover.next();
      expect(request.body['topics']).toMatchObject([{ partitions: [{ partitionIndex }] }]);
      request.answer({ topics: [{ name: 'teamAusers', partitions: [{ partitionIndex, offset: 5n }] }] });
      expect((await client.receive(listOffsetsApi, 5)).correlationId).toBe(10 + partitionIndex);
    }
  });

  test('a fetch that waits there is answered at the flip, and an answer that came in half ends its client', async () => {
    const [waiting, torn] = [await gateway.authenticated(), await gateway.authenticated()];
    const FETCH = { maxWaitMs: 5000, minBytes: 1, topics: [{ topic: 'users', partitions: [{ partition: 0, fetchOffset: 3n }] }] };
    waiting.send(fetchApi, 11, 10, FETCH);
    await gateway.main.next();
    torn.send(listOffsetsApi, 5, 10, { replicaId: -1, topics: [] });
    const first = await gateway.main.next();
    torn.send(fetchApi, 11, 11, FETCH);
    const second = await gateway.main.next();
    // Both in one piece: whoever has the first answer has begun with the second.
    first.answer({ topics: [] });
    second.sendRaw(Buffer.from([0, 0, 1, 0, 0, 0, 0, 11]));
    await torn.receive(listOffsetsApi, 5);
    await gateway.cutOff();
    await expect.poll(() => gateway.connections.size).toBe(1);
    await gateway.flip();
    expect((await waiting.receive(fetchApi, 11)).correlationId).toBe(10);
  });
});

test('nothing is opened while a cluster is cut, and what was being opened is closed when it comes', async () => {
  const cut = new ClusterCut();
  const closed: string[] = [];
  const openings: ((name: string) => void)[] = [];
  const opened = cut.open(() => new Promise<string>((resolve) => openings.push(resolve)), (late) => void closed.push(late));
  await expect.poll(() => openings.length).toBe(1);
  cut.begin();
  openings[0]?.('old');
  await expect.poll(() => closed).toEqual(['old']);
  expect(openings).toHaveLength(1);
  cut.end();
  await expect.poll(() => openings.length).toBe(2);
  openings[1]?.('new');
  expect(await opened).toBe('new');
});
