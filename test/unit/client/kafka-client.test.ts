import { afterEach, describe, expect, test } from 'vitest';
import type { KafkaClientOptions } from '../../../src/client/client-options.ts';
import { openKafkaClient, type KafkaClient } from '../../../src/client/kafka-client.ts';
import { LATEST } from '../../../src/client/list-offsets.ts';
import { ERROR } from '../../../src/wire/error-codes.ts';
import { describeConfigsApi } from '../../../src/wire/generated/describe-configs.ts';
import { endTxnApi } from '../../../src/wire/generated/end-txn.ts';
import type { Message } from '../../../src/wire/schema.ts';
import { startFakeBroker, type FakeBroker, type SeenRequest } from './fake-broker.ts';

const brokers: FakeBroker[] = [];
let client: KafkaClient | undefined;

afterEach(async () => {
  client?.close();
  await Promise.all(brokers.splice(0).map((broker) => broker.close()));
});

async function start(handle: (request: SeenRequest) => void): Promise<FakeBroker> {
  const broker = await startFakeBroker(handle);
  brokers.push(broker);
  return broker;
}

function open(options: Partial<KafkaClientOptions> & Pick<KafkaClientOptions, 'bootstrap'>): KafkaClient {
  client = openKafkaClient({ clientId: 'test', requestTimeoutMs: 2000, ...options });
  return client;
}

/** Metadata in which the broker at index n has id n, and leads partition 0 of 't' where it is `leader`. */
function metadata(leader: number): Message {
  return {
    clusterId: 'c', brokers: brokers.map(({ host, port }, nodeId) => ({ nodeId, host, port })),
    topics: [{ name: 't', partitions: [{ partitionIndex: 0, leaderId: leader, leaderEpoch: 0, replicaNodes: [0], isrNodes: [0] }] }],
  };
}

const produced = (errorCode: number, baseOffset = 5n): Message => ({ responses: [{ name: 't', partitionResponses: [{ index: 0, errorCode, baseOffset }] }] });
const listed = (errorCode: number, offset = 9n): Message => ({ topics: [{ name: 't', partitions: [{ partitionIndex: 0, errorCode, offset }] }] });
const record = { key: null, value: Buffer.from('x') };
const names = (broker: FakeBroker) => broker.seen.map(({ name }) => name);

describe('a leader that has moved', () => {
  test('is looked up again, and the request goes to the new one', async () => {
    let asked = 0;
    const answerMetadata = (request: SeenRequest) => request.answer(metadata(asked++ === 0 ? 0 : 1));
    const old = await start((request) => (request.name === 'Metadata' ? answerMetadata(request) : request.answer(produced(ERROR.NOT_LEADER_OR_FOLLOWER))));
    const next = await start((request) => request.answer(produced(0)));
    expect(await open({ bootstrap: [old] }).produce('t', 0, [record])).toBe(5n);
    expect([names(old), names(next)]).toEqual([['Metadata', 'Produce', 'Metadata'], ['Produce']]);
  });

  test('a fetch whose partition was left out of the answer, as by a gateway that drains groups, is asked again', async () => {
    const fetched = [{ responses: [] }, { responses: [{ topic: 't', partitions: [{ partitionIndex: 0, highWatermark: 7n, records: Buffer.alloc(0) }] }] }];
    let asked = 0;
    const broker = await start((request) => request.answer(request.name === 'Metadata' ? metadata(0) : (fetched[asked++] as Message)));
    expect(await open({ bootstrap: [broker] }).fetch('t', 0, 7n, { maxBytes: 100, maxWaitMs: 0, isolation: 'read_uncommitted' })).toMatchObject({ highWatermark: 7n });
    expect(asked).toBe(2);
  });

  test('is looked up once for all writes that it refuses', async () => {
    let asked = 0;
    const answerMetadata = (request: SeenRequest) => request.answer(metadata(asked++ === 0 ? 0 : 1));
    const old = await start((request) => (request.name === 'Metadata' ? answerMetadata(request) : request.answer(produced(ERROR.NOT_LEADER_OR_FOLLOWER))));
    const next = await start((request) => request.answer(produced(0)));
    const writer = open({ bootstrap: [old] });
    await Promise.all(Array.from({ length: 50 }, () => writer.produce('t', 0, [record])));
    expect([asked, names(next).length]).toEqual([2, 50]);
  });

  test('gives up at the time limit and tells the last error', async () => {
    const broker = await start((request) => request.answer(request.name === 'Metadata' ? metadata(0) : produced(ERROR.NOT_LEADER_OR_FOLLOWER)));
    await expect(open({ bootstrap: [broker] }).produce('t', 0, [record], { timeoutMs: 200 })).rejects.toMatchObject({
      code: 'UNAVAILABLE', message: expect.stringContaining('produce to t-0: NOT_LEADER_OR_FOLLOWER'), details: { errorCode: 6 },
    });
    expect(names(broker).filter((name) => name === 'Produce').length).toBeGreaterThan(1);
  });

  test('is an error code of that partition when offsets are listed', async () => {
    const broker = await start((request) => request.answer(request.name === 'Metadata' ? metadata(0) : listed(ERROR.NOT_LEADER_OR_FOLLOWER, -1n)));
    expect(await open({ bootstrap: [broker] }).listOffsets([{ topic: 't', partition: 0, timestamp: LATEST }], { timeoutMs: 200 })).toEqual([
      { topic: 't', partition: 0, offset: -1n, timestamp: -1n, errorCode: 6 }]);
  });
});

describe('a lost answer', () => {
  test('to a produce is not repeated: the records may be there', async () => {
    const broker = await start((request) => (request.name === 'Metadata' ? request.answer(metadata(0)) : request.socket.destroy()));
    await expect(open({ bootstrap: [broker] }).produce('t', 0, [record])).rejects.toMatchObject({
      code: 'UNAVAILABLE', message: expect.stringContaining('the records may have been written'), details: { maybeWritten: true },
    });
    expect(names(broker)).toEqual(['Metadata', 'Produce']);
  });

  test('to a list of offsets is asked again', async () => {
    let lost = 0;
    const broker = await start((request) => {
      if (request.name === 'Metadata') request.answer(metadata(0));
      else if (lost++ === 0) request.socket.destroy();
      else request.answer(listed(0));
    });
    expect(await open({ bootstrap: [broker] }).listOffsets([{ topic: 't', partition: 0, timestamp: LATEST }])).toMatchObject([{ offset: 9n, errorCode: 0 }]);
  });

  test('to a request of the caller is repeated only if it said that this is safe', async () => {
    let attempts = 0;
    const broker = await start((request) => {
      if (request.name === 'Metadata') request.answer(metadata(0));
      else if (attempts++ === 0) request.socket.destroy();
      else request.answer({ errorCode: attempts === 2 ? ERROR.CONCURRENT_TRANSACTIONS : ERROR.INVALID_TXN_STATE });
    });
    const kafka = open({ bootstrap: [broker] });
    const target = { kind: 'broker', brokerId: 0 } as const;
    await expect(kafka.send(target, endTxnApi, {})).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(attempts).toBe(1);
    attempts = 0;
    expect((await kafka.send(target, endTxnApi, {}, { errorCodeOf: (answer) => answer.errorCode })).errorCode).toBe(ERROR.INVALID_TXN_STATE);
    expect(attempts).toBe(3);
  });
});

describe('bootstrap', () => {
  test('goes on to the next address when one is dead, and stays with the one that lives', async () => {
    const dead = await startFakeBroker(() => {});
    await dead.close();
    const alive = await start((request) => request.answer(metadata(0)));
    const kafka = open({ bootstrap: [dead, alive] });
    expect((await kafka.metadata()).clusterId).toBe('c');
    expect((await kafka.metadata()).clusterId).toBe('c');
    expect(names(alive)).toEqual(['Metadata', 'Metadata']);
  });

  test('fails by the time limit when nobody is there', async () => {
    const dead = await startFakeBroker(() => {});
    await dead.close();
    await expect(open({ bootstrap: [dead] }).metadata([], { timeoutMs: 100 })).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('ECONNREFUSED') });
  });
});

test('a long poll does not hold up other requests to the same broker', async () => {
  const broker = await start((request) => {
    if (request.name === 'Metadata') request.answer(metadata(0));
    if (request.name === 'Produce') request.answer(produced(0));
  });
  const kafka = open({ bootstrap: [broker] });
  const over = new AbortController();
  const poll = kafka.fetch('t', 0, 0n, { maxBytes: 1000, maxWaitMs: 60_000, isolation: 'read_committed', signal: over.signal });
  await expect.poll(() => names(broker)).toContain('Fetch');
  expect(await kafka.produce('t', 0, [record])).toBe(5n);
  const [fetch, produce] = ['Fetch', 'Produce'].map((name) => broker.seen.find((request) => request.name === name)?.socket);
  expect(fetch).not.toBe(produce);
  over.abort();
  await expect(poll).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});

test('a request that was given little time takes none from others, and whoever comes next gets another connection', async () => {
  let isSlow = true;
  const held: SeenRequest[] = [];
  const broker = await start((request) => {
    if (request.name === 'Metadata') return request.answer(metadata(0));
    if (isSlow) return void held.push(request);
    request.answer(request.name === 'EndTxn' ? {} : listed(0));
  });
  const kafka = open({ bootstrap: [broker] });
  const patient = kafka.send({ kind: 'broker', brokerId: 0 }, endTxnApi, {});
  await expect.poll(() => held.length).toBe(1);
  const [hasty] = await kafka.listOffsets([{ topic: 't', partition: 0, timestamp: LATEST }], { timeoutMs: 50 });
  expect(hasty?.errorCode).toBe(ERROR.NETWORK_EXCEPTION);
  isSlow = false;
  expect((await kafka.listOffsets([{ topic: 't', partition: 0, timestamp: LATEST }]))[0]?.offset).toBe(9n);
  for (const request of held) request.answer(request.name === 'EndTxn' ? { errorCode: 51 } : listed(0));
  expect((await patient).errorCode).toBe(51);
  expect(new Set(broker.seen.filter(({ name }) => name === 'ListOffsets').map(({ socket }) => socket)).size).toBe(2);
});

test('close ends a connection that is overdue, too', async () => {
  const broker = await start((request) => (request.name === 'Metadata' ? request.answer(metadata(0)) : undefined));
  const kafka = open({ bootstrap: [broker] });
  const patient = kafka.send({ kind: 'broker', brokerId: 0 }, endTxnApi, {});
  const failed = expect(patient).rejects.toMatchObject({ message: expect.stringContaining('was closed by us') });
  await kafka.listOffsets([{ topic: 't', partition: 0, timestamp: LATEST }], { timeoutMs: 50 });
  kafka.close();
  await failed;
});

test('close rejects what waits, and what comes after it, at once', async () => {
  const broker = await start(() => {});
  const kafka = open({ bootstrap: [broker] });
  const waiting = kafka.metadata();
  await expect.poll(() => names(broker)).toEqual(['Metadata']);
  kafka.close();
  await expect(waiting).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await expect(kafka.metadata()).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('is closed') });
});

describe('a broker that hangs (it accepts connections and answers nothing)', () => {
  const PATIENT = { timeout: 5000, interval: 10 };

  test('is not waited for where any broker would do, and the one that answered is asked first from then on', async () => {
    const mute = await start(() => {});
    const alive = await start((request) => request.answer(metadata(1)));
    const asking = open({ bootstrap: [mute, alive], requestTimeoutMs: 30_000 });
    expect((await asking.metadata()).clusterId).toBe('c');
    await asking.metadata();
    expect([names(mute), names(alive)]).toEqual([['Metadata'], ['Metadata', 'Metadata']]);
  });

  test('one that is only slow is still heard', async () => {
    const answers: (() => void)[] = [];
    const slow = await start((request) => void answers.push(() => request.answer(metadata(0))));
    const mute = await start(() => {});
    const asking = open({ bootstrap: [slow, mute], requestTimeoutMs: 30_000 }).metadata();
    await expect.poll(() => names(mute), PATIENT).toEqual(['Metadata']);
    for (const answer of answers) answer();
    expect((await asking).clusterId).toBe('c');
  });

  test('leads no longer for whoever comes next, once a call has waited for it in vain', async () => {
    let leader = 0;
    const mute = await start((request) => {
      if (request.name === 'Metadata') request.answer(metadata(leader));
    });
    const next = await start((request) => request.answer(request.name === 'Metadata' ? metadata(leader) : listed(0)));
    const asking = open({ bootstrap: [mute, next] });
    const ends = async (timeoutMs: number) => (await asking.listOffsets([{ topic: 't', partition: 0, timestamp: LATEST }], { timeoutMs }))[0]?.errorCode;
    expect(await ends(200)).toBe(ERROR.NETWORK_EXCEPTION);
    leader = 1;
    expect(await ends(2000)).toBe(0);
    expect(names(next)).toContain('ListOffsets');
  });

  test('is passed over once, however many requests waited for it at the same time', async () => {
    const mute = await start(() => {});
    const others = [await start((request) => request.answer({})), await start((request) => request.answer({}))];
    const asking = open({ bootstrap: [mute, ...others] });
    const describe = (timeoutMs: number) => asking.send({ kind: 'any' }, describeConfigsApi, {}, { timeoutMs });
    expect((await Promise.allSettled([1, 2, 3].map(() => describe(200)))).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect((await describe(2000)).results).toEqual([]);
  });

  test('control: the leader of a call that was answered is not asked for again', async () => {
    const broker = await start((request) => request.answer(request.name === 'Metadata' ? metadata(0) : listed(0)));
    const asking = open({ bootstrap: [broker] });
    for (let call = 0; call < 2; call++) await asking.listOffsets([{ topic: 't', partition: 0, timestamp: LATEST }]);
    expect(names(broker)).toEqual(['Metadata', 'ListOffsets', 'ListOffsets']);
  });
});
