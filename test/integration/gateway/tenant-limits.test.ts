import { afterEach, describe, expect, test } from 'vitest';
import { WriteGate } from '../../../src/gateway/switch/write-gate.ts';
import type { TenantLimits } from '../../../src/topology/topology.ts';
import { ERROR } from '../../../src/wire/error-codes.ts';
import { apiVersionsApi } from '../../../src/wire/generated/api-versions.ts';
import { fetchApi } from '../../../src/wire/generated/fetch.ts';
import { heartbeatApi } from '../../../src/wire/generated/heartbeat.ts';
import { metadataApi } from '../../../src/wire/generated/metadata.ts';
import { produceApi } from '../../../src/wire/generated/produce.ts';
import type { FrameClient } from '../../support/frame-peer.ts';
import { answerEverything, startLimitedNode, type LimitedNode } from '../../support/limited-node.ts';

const WIDE: TenantLimits = { maxConnections: 1000, maxBytesInFlight: 64 << 20 };

let node: LimitedNode;
afterEach(() => node.close());

const start = async (...args: Parameters<typeof startLimitedNode>): Promise<void> => void (node = await startLimitedNode(...args));
const used = (tenant: string): number => node.limits.usageOf(tenant).bytes.used;
const waiting = (tenant: string): number => node.limits.usageOf(tenant).bytes.waiting;

describe('connections', () => {
  test('at the limit the next login is refused with the reason, then closed, and is no failed login; others come in; one that leaves makes room', async () => {
    await start({ teamA: { ...WIDE, maxConnections: 2 } });
    const [first] = [await node.client('teamA'), await node.client('teamA')];
    const refused = await node.plainClient();
    expect(await node.logIn(refused, 'teamA')).toMatchObject({ errorCode: ERROR.SASL_AUTHENTICATION_FAILED, errorMessage: 'virtual cluster teamA has 2 connections to this gateway node (allowed: 2)' });
    await refused.ended;
    expect(node.failedLogins).toEqual([]);
    expect(node.limits.usageOf('teamA')).toMatchObject({ connections: 2, refusedConnections: 1 });
    await node.client('teamB');
    first?.close();
    await expect.poll(() => node.limits.usageOf('teamA').connections).toBe(1);
    await node.client('teamA');
    await node.logIn(await node.plainClient(), 'bad');
    expect(node.failedLogins).toHaveLength(1);
  });

  test('a connection that logs in again counts once', async () => {
    await start({ teamA: { ...WIDE, maxConnections: 1 } });
    const client = await node.client('teamA');
    expect((await node.logIn(client, 'teamA')).errorCode).toBe(ERROR.NONE);
    expect(node.limits.usageOf('teamA').connections).toBe(1);
    client.close();
    await expect.poll(() => node.limits.usageOf('teamA').connections).toBe(0);
  });

  test('without the limit the same clients all come in', async () => {
    await start();
    for (let index = 0; index < 3; index++) await node.client('teamA');
    expect(node.limits.usageOf('teamA')).toMatchObject({ connections: 3, refusedConnections: 0 });
  });
});

describe('requests a second', () => {
  const LIMITED = { teamA: { ...WIDE, requestsPerSecond: 20, requestBurst: 5 } };
  const COUNT = 15;
  /** The last of them is read once the ones before it are paid for. */
  const LEAST_MS = ((COUNT - 1 - 5) / 20) * 1000 - 50;

  /** Times that the answers told to wait; `waits`: a client that keeps to it, else all at once. */
  async function load(client: FrameClient, waits: boolean): Promise<{ readonly told: number[]; readonly tookMs: number }> {
    const startMs = performance.now();
    const told: number[] = [];
    const ask = (index: number): void => client.send(metadataApi, 4, 10 + index, { topics: [] });
    const receive = async (index: number): Promise<void> => {
      const { correlationId, body } = await client.receive(metadataApi, 4);
      expect(correlationId).toBe(10 + index);
      told.push(body.throttleTimeMs);
    };
    if (!waits) for (let index = 0; index < COUNT; index++) ask(index);
    for (let index = 0; index < COUNT; index++) {
      if (waits) ask(index);
      await receive(index);
    }
    return { told, tookMs: performance.now() - startMs };
  }

  test.each([{ name: 'who asks one after the other', waits: true }, { name: 'who sends all at once', waits: false }])('above the rate $name is slowed, and told so; another tenant is not', async ({ waits }) => {
    await start(LIMITED);
    answerEverything(node.broker);
    const [slow, free] = [await node.client('teamA'), await node.client('teamB')];
    let isSlowDone = false;
    const slowed = load(slow, waits).finally(() => (isSlowDone = true));
    const other = await load(free, waits);
    expect(isSlowDone).toBe(false);
    expect(Math.max(...other.told)).toBe(0);
    const { told, tookMs } = await slowed;
    expect(tookMs).toBeGreaterThan(LEAST_MS);
    expect(told.slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
    expect(told.filter((ms) => ms > 0).length).toBeGreaterThan(0);
    expect(node.limits.usageOf('teamA').throttledRequests).toBeGreaterThan(0);
    expect(node.limits.usageOf('teamB').throttledRequests).toBe(0);
  });

  test('without the limit the same load passes at once', async () => {
    await start();
    answerEverything(node.broker);
    const { told, tookMs } = await load(await node.client('teamA'), false);
    expect(Math.max(...told)).toBe(0);
    expect(tookMs).toBeLessThan(LEAST_MS);
  });

  test('a fetch, whose answer is passed on as it comes, says so, too', async () => {
    await start({ teamA: { ...WIDE, requestsPerSecond: 1, requestBurst: 1 } });
    answerEverything(node.broker, (apiKey) => (apiKey === 1 ? { responses: [] } : {}));
    const client = await node.client('teamA');
    client.send(metadataApi, 4, 10, { topics: [] });
    client.send(fetchApi, 11, 11, { topics: [] });
    await client.receive(metadataApi, 4);
    const { throttleTimeMs } = (await client.receive(fetchApi, 11)).body;
    expect(throttleTimeMs).toBeGreaterThan(0);
    expect(throttleTimeMs).toBeLessThanOrEqual(1000);
  });

  test('gwctl itself is not slowed', async () => {
    await start({ _gwctl: { ...WIDE, requestsPerSecond: 1, requestBurst: 1 } });
    answerEverything(node.broker);
    const { told } = await load(await node.client('_gwctl'), false);
    expect(Math.max(...told)).toBe(0);
  });
});

describe('bytes in flight', () => {
  const LIMITED = { teamA: { ...WIDE, maxBytesInFlight: 1000 } };
  const produce = (client: FrameClient, correlationId: number, bytes = 600): void =>
    client.send(produceApi, 7, correlationId, { acks: -1, timeoutMs: 1000, topicData: [{ name: 'users', partitionData: [{ index: 0, records: Buffer.alloc(bytes, 1) }] }] });
  const produced = (tenant: string): Record<string, unknown> => ({ responses: [{ name: `${tenant}users`, partitionResponses: [{ index: 0 }] }] });

  test('at the limit nothing more is read, until an answer has made room; heartbeats and other tenants go on', async () => {
    await start(LIMITED);
    const [first, second, third, member, other] = [await node.client('teamA'), await node.client('teamA'), await node.client('teamA'), await node.client('teamA'), await node.client('teamB')];
    produce(first, 10);
    produce(second, 11);
    const arrived = [await node.broker.next(), await node.broker.next()];
    expect(used('teamA')).toBeGreaterThan(1000);
    produce(third, 12);
    await expect.poll(() => waiting('teamA')).toBe(1);
    member.send(heartbeatApi, 1, 13, { groupId: 'g', memberId: 'm', generationId: 1 });
    const heartbeat = await node.broker.next();
    expect(heartbeat.head.correlationId).toBe(13);
    heartbeat.answer({});
    await member.receive(heartbeatApi, 1);
    produce(other, 14);
    const foreign = await node.broker.next();
    expect(foreign.head.correlationId).toBe(14);
    foreign.answer(produced('teamB'));
    await other.receive(produceApi, 7);
    expect(waiting('teamA')).toBe(1);
    for (const request of arrived) request.answer(produced('teamA'));
    await Promise.all([first.receive(produceApi, 7), second.receive(produceApi, 7)]);
    const late = await node.broker.next();
    expect(late.head.correlationId).toBe(12);
    late.answer(produced('teamA'));
    await third.receive(produceApi, 7);
    await expect.poll(() => [used('teamA'), used('teamB')]).toEqual([0, 0]);
  });

  test('without the limit the same requests all arrive', async () => {
    await start();
    for (const id of [10, 11, 12]) produce(await node.client('teamA'), id);
    expect([await node.broker.next(), await node.broker.next(), await node.broker.next()].map(({ head }) => head.correlationId).sort()).toEqual([10, 11, 12]);
    expect(waiting('teamA')).toBe(0);
  });

  test('one request that is larger than the limit passes, and is forgotten with acks=0, with its client, and when it is refused', async () => {
    await start(LIMITED);
    const client = await node.client('teamA');
    client.send(produceApi, 7, 10, { acks: 0, timeoutMs: 1000, topicData: [{ name: 'users', partitionData: [{ index: 0, records: Buffer.alloc(50_000, 1) }] }] });
    await node.broker.next();
    produce(client, 11, 50_000);
    await node.broker.next();
    expect(used('teamA')).toBeGreaterThan(50_000);
    client.close();
    await expect.poll(() => used('teamA')).toBe(0);
    const again = await node.client('teamA');
    again.socket.write(Buffer.from('0000000a' + '00000002' + '00000001' + 'ffff', 'hex'));
    await again.ended;
    await expect.poll(() => used('teamA')).toBe(0);
  });

  test('a write that is held for a switch counts for nothing: who reads goes on, and the write after the switch, too', async () => {
    const gate = new WriteGate(20_000);
    await start(LIMITED, {}, { gate });
    const [writer, reader] = [await node.client('teamA'), await node.client('teamA')];
    gate.close();
    produce(writer, 10, 5000);
    await expect.poll(() => gate.held).toBe(1);
    expect(used('teamA')).toBe(0);
    reader.send(fetchApi, 11, 11, { topics: [] });
    const fetched = await node.broker.next();
    expect(fetched.head.correlationId).toBe(11);
    fetched.answer({ responses: [] });
    await reader.receive(fetchApi, 11);
    gate.open();
    const written = await node.broker.next();
    expect(used('teamA')).toBeGreaterThan(5000);
    written.answer(produced('teamA'));
    await writer.receive(produceApi, 7);
    expect(used('teamA')).toBe(0);
  });

  test('an answer that waits for an older one counts until it leaves', async () => {
    await start(LIMITED);
    const client = await node.client('teamA');
    client.send(metadataApi, 4, 10, { topics: [] });
    const metadata = await node.broker.next();
    const asked = used('teamA');
    client.send(apiVersionsApi, 0, 11, {});
    await expect.poll(() => used('teamA')).toBeGreaterThan(asked + 200);
    metadata.answer({});
    await client.receive(metadataApi, 4);
    await client.receive(apiVersionsApi, 0);
    expect(used('teamA')).toBe(0);
  });

  test('answers that a client does not take count until it takes them, and stop its virtual cluster only', async () => {
    await start(LIMITED);
    const [slow, second, other] = [await node.client('teamA'), await node.client('teamA'), await node.client('teamB')];
    const records = Buffer.alloc(6 << 20, 1);
    answerEverything(node.broker, (apiKey) => (apiKey === 1 ? { responses: [{ topic: 'teamAusers', partitions: [{ partitionIndex: 0, records }] }] } : {}));
    const fetch = (client: FrameClient, correlationId: number): void => client.send(fetchApi, 11, correlationId, { topics: [] });
    slow.socket.pause();
    for (let id = 10; id < 13; id++) fetch(slow, id);
    await expect.poll(() => used('teamA')).toBeGreaterThan(1000);
    fetch(second, 20);
    await expect.poll(() => waiting('teamA')).toBeGreaterThan(0);
    other.send(metadataApi, 4, 30, { topics: [] });
    await other.receive(metadataApi, 4);
    slow.socket.resume();
    for (let id = 10; id < 13; id++) expect((await slow.receive(fetchApi, 11)).correlationId).toBe(id);
    expect((await second.receive(fetchApi, 11)).correlationId).toBe(20);
    await expect.poll(() => used('teamA')).toBe(0);
  });
});
