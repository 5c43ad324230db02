import { afterEach, describe, expect, test } from 'vitest';
import { connectBroker, type BrokerConnection, type ConnectOptions, type RequestOptions } from '../../../src/client/broker-connection.ts';
import { heartbeatApi } from '../../../src/wire/generated/heartbeat.ts';
import { metadataApi } from '../../../src/wire/generated/metadata.ts';
import { newMessage } from '../../../src/wire/new-message.ts';
import { startFakeBroker, type FakeBroker, type SeenRequest } from './fake-broker.ts';

let broker: FakeBroker | undefined;
let connection: BrokerConnection | undefined;

afterEach(async () => {
  connection?.close();
  await broker?.close();
  [broker, connection] = [undefined, undefined];
});

async function connect(handle: (request: SeenRequest) => void, options: Partial<ConnectOptions> = {}): Promise<{ connection: BrokerConnection; broker: FakeBroker }> {
  broker = await startFakeBroker(handle);
  connection = await connectBroker({ host: broker.host, port: broker.port, clientId: 'test', connectTimeoutMs: 2000, ...options });
  return { connection, broker };
}

const heartbeat = (connection: BrokerConnection, groupId: string, options: Partial<RequestOptions> = {}) =>
  connection.request(heartbeatApi, 4, newMessage(heartbeatApi.request, { groupId }), { timeoutMs: 5000, ...options });

describe('requests', () => {
  test('many are in flight, and each gets its own answer', async () => {
    const held: SeenRequest[] = [];
    const { connection } = await connect((request) => {
      held.push(request);
      if (held.length === 50) for (const one of held) one.answer({ errorCode: Number(one.body['groupId']) });
    });
    const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => heartbeat(connection, String(index))));
    expect(answers.map(({ errorCode }) => errorCode)).toEqual(Array.from({ length: 50 }, (_, index) => index));
  });

  test('the header says who we are and counts requests', async () => {
    const { connection, broker } = await connect((request) => request.answer({}));
    await heartbeat(connection, 'a');
    await connection.request(metadataApi, 1, newMessage(metadataApi.request, {}), { timeoutMs: 5000 });
    expect(broker.seen.map(({ name, version, correlationId }) => [name, version, correlationId])).toEqual([['Heartbeat', 4, 1], ['Metadata', 1, 2]]);
  });

  test('one that the caller gives up leaves the others alone', async () => {
    const held: SeenRequest[] = [];
    const { connection } = await connect((request) => held.push(request));
    const over = new AbortController();
    const first = heartbeat(connection, 'first', { signal: over.signal });
    const second = heartbeat(connection, 'second');
    await expect.poll(() => held.length).toBe(2);
    over.abort();
    await expect(first).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('the caller stopped waiting for Heartbeat v4') });
    held[0]?.answer({ errorCode: 1 });
    held[1]?.answer({ errorCode: 2 });
    expect((await second).errorCode).toBe(2);
  });

  test('one that is not answered in its time leaves the others theirs, and the connection ends behind the last of them', async () => {
    const held: SeenRequest[] = [];
    const { connection } = await connect((request) => held.push(request));
    const patient = heartbeat(connection, 'patient');
    await expect(heartbeat(connection, 'hasty', { timeoutMs: 49.7 })).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.stringMatching(/^127\.0\.0\.1:\d+ did not answer Heartbeat v4 within 50 ms$/) });
    expect((await connection.spent).message).toContain('did not answer Heartbeat v4');
    expect(connection.isClosed).toBe(false);
    held[0]?.answer({ errorCode: 7 });
    expect((await patient).errorCode).toBe(7);
    expect(connection.isClosed).toBe(true);
  });

  test('a connection on which nobody waits any more is ended at once', async () => {
    const { connection } = await connect(() => {});
    const over = new AbortController();
    const first = heartbeat(connection, 'first', { signal: over.signal });
    const second = heartbeat(connection, 'second', { timeoutMs: 50 });
    over.abort();
    await Promise.allSettled([first, second]);
    expect(connection.isClosed).toBe(true);
  });

  test('one that cannot be encoded is refused and leaves the connection as it was', async () => {
    const { connection } = await connect((request) => request.answer({}));
    await expect(heartbeat(connection, 'x'.repeat(40_000))).rejects.toMatchObject({ code: 'PROTOCOL', message: 'HeartbeatRequest v4 groupId: string of 40000 bytes (allowed: 32767)' });
    expect((await heartbeat(connection, 'a')).errorCode).toBe(0);
  });
});

describe('the end of a connection rejects what is in flight, and tells why', () => {
  test.each<{ name: string; handle: (request: SeenRequest) => void; options?: Partial<ConnectOptions>; code: string; message: RegExp }>([
    { name: 'the broker closes', handle: ({ socket }) => socket.end(), code: 'UNAVAILABLE', message: /^127\.0\.0\.1:\d+ closed the connection$/ },
    { name: 'the broker resets', handle: ({ socket }) => socket.resetAndDestroy(), code: 'UNAVAILABLE', message: /^127\.0\.0\.1:\d+ connection failed: read ECONNRESET$/ },
    { name: "an answer to somebody else's request", handle: (request) => request.answer({}, 77), code: 'PROTOCOL', message: /answer 77 to Heartbeat v4 \(expected: 1\)/ },
    { name: 'an answer that cannot be decoded', handle: ({ socket }) => socket.write(Buffer.from('0000000600000001 00ff'.replaceAll(' ', ''), 'hex')), code: 'PROTOCOL', message: /HeartbeatResponse v4 throttleTimeMs: 4 bytes needed/ },
    { name: 'an answer above the limit', handle: ({ socket }) => socket.write(Buffer.from('00000401', 'hex')), options: { maxResponseBytes: 1024 }, code: 'PROTOCOL', message: /frame of 1025 bytes \(allowed: 0 to 1024\)/ },
    { name: 'a port with TLS', handle: ({ socket }) => socket.write(Buffer.from('15030300020250', 'hex')), code: 'CONFIG', message: /^127\.0\.0\.1:\d+ answers in TLS$/ },
    { name: 'a web server', handle: ({ socket }) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'), code: 'CONFIG', message: /^127\.0\.0\.1:\d+ answers in HTTP$/ },
    { name: 'a negative size', handle: ({ socket }) => socket.write(Buffer.from('ffffffff', 'hex')), code: 'PROTOCOL', message: /frame of -1 bytes/ },
  ])('$name', async ({ handle, options = {}, code, message }) => {
    const { connection } = await connect(handle, options);
    const [first, second] = await Promise.allSettled([heartbeat(connection, 'a'), heartbeat(connection, 'b')]);
    expect(first).toMatchObject({ status: 'rejected', reason: { code, message: expect.stringMatching(message) } });
    expect(second).toMatchObject({ status: 'rejected', reason: { code } });
    expect(await connection.spent).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(connection.isClosed).toBe(true);
    await expect(heartbeat(connection, 'c')).rejects.toMatchObject({ code });
  });

  test('an answer at the limit is read', async () => {
    const { connection } = await connect(({ socket }) => socket.write(Buffer.from('0000000c 00000001 00 00000000 0007 00'.replaceAll(' ', ''), 'hex')), { maxResponseBytes: 12 });
    expect((await heartbeat(connection, 'a')).errorCode).toBe(7);
  });

  test('our own close', async () => {
    const { connection } = await connect(() => {});
    const waiting = heartbeat(connection, 'a');
    connection.close();
    await expect(waiting).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('was closed by us') });
  });
});

describe('connecting', () => {
  test('a port where nobody listens is told apart by its address', async () => {
    const gone = await startFakeBroker(() => {});
    await gone.close();
    await expect(connectBroker({ host: gone.host, port: gone.port, clientId: 'test', connectTimeoutMs: 2000 })).rejects.toMatchObject({
      code: 'UNAVAILABLE', message: expect.stringMatching(new RegExp(`^127\\.0\\.0\\.1:${gone.port} cannot be reached: .*ECONNREFUSED`)),
    });
  });

  test('a caller that has stopped waiting gets no connection', async () => {
    await expect(connect(() => {}, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  test('SASL/PLAIN sends user and password, and a refusal names the user only', async () => {
    const sasl = { mechanism: 'PLAIN', username: 'alice', password: 'top-secret' } as const;
    let errorCode = 0;
    const handle = (request: SeenRequest) => request.answer(request.name === 'SaslAuthenticate' ? { errorCode } : {});
    await connect(handle, { sasl });
    expect(broker?.seen.map(({ name }) => name)).toEqual(['SaslHandshake', 'SaslAuthenticate']);
    expect(broker?.seen[1]?.body['authBytes']).toEqual(Buffer.from('\0alice\0top-secret'));
    connection?.close();
    await broker?.close();
    errorCode = 58;
    const refused = await connect(handle, { sasl }).catch((reason: unknown) => reason);
    expect(refused).toMatchObject({ code: 'CONFIG', message: expect.stringMatching(/refuses the credentials of alice: SASL_AUTHENTICATION_FAILED/) });
    expect(String(refused)).not.toContain('top-secret');
  });
});
