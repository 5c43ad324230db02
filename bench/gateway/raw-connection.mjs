// A client that costs next to nothing: a socket, a request made once and sent again and again, answers told apart by their number.
import { connect } from 'node:net';
import { apiVersionsApi } from '../../build/wire/generated/api-versions.js';
import { metadataApi } from '../../build/wire/generated/metadata.js';
import { saslAuthenticateApi } from '../../build/wire/generated/sasl-authenticate.js';
import { saslHandshakeApi } from '../../build/wire/generated/sasl-handshake.js';
import { decodeMessage, encodeMessage } from '../../build/wire/codec.js';
import { encodeRequestFrame, readResponseHeader } from '../../build/wire/headers.js';
import { newMessage } from '../../build/wire/new-message.js';

const VERSION = { apiVersions: 3, handshake: 1, authenticate: 2, metadata: 12 };
const CLIENT_ID = 'bench';
const SIZE_BYTES = 4;
/** In a request: size, API key, version. */
const REQUEST_CORRELATION_AT = 8;
const OPEN_WITHIN_MS = 30_000;

/**
 * Connects, asks for ApiVersions, logs in where the target has a login, and asks once for the metadata of `topic` (without one: of no
 * topic), whose answer is decoded and checked. `ask()` then sends the same Metadata request again and resolves when it is answered.
 */
export async function openConnection({ host, port, name, hasLogin = false, login, brokerPort }, topic) {
  const channel = openChannel(host, port);
  const timer = setTimeout(() => channel.close(new Error(`${name} did not answer within ${OPEN_WITHIN_MS} ms`)), OPEN_WITHIN_MS);
  try {
    await channel.connected;
    const versions = await channel.send(apiVersionsApi, VERSION.apiVersions, { clientSoftwareName: CLIENT_ID, clientSoftwareVersion: '1' });
    mustBeFine('ApiVersions', versions.errorCode);
    // Nobody has made a token yet: that the target serves at all is what there is to know.
    if (hasLogin && login === undefined) return { ask: () => Promise.reject(new Error(`no login for ${name}`)), close: () => channel.close(), closed: channel.closed };
    if (login !== undefined) {
      mustBeFine('SaslHandshake', (await channel.send(saslHandshakeApi, VERSION.handshake, { mechanism: 'PLAIN' })).errorCode);
      const authBytes = Buffer.from(`\0${login.username}\0${login.password}`);
      mustBeFine('SaslAuthenticate', (await channel.send(saslAuthenticateApi, VERSION.authenticate, { authBytes })).errorCode);
    }
    const request = { topics: topic === undefined ? [] : [{ name: topic }], allowAutoTopicCreation: false };
    checkMetadata(await channel.send(metadataApi, VERSION.metadata, request), { name, topic, brokerPort });
    // What was checked once must come back every time; its length says so at no cost.
    const frame = encode(metadataApi, VERSION.metadata, request);
    const expectedBytes = channel.lastAnswerBytes();
    return { ask: () => channel.sendAgain(frame, expectedBytes), close: () => channel.close(), closed: channel.closed };
  } catch (reason) {
    channel.close(reason);
    throw reason;
  } finally {
    clearTimeout(timer);
  }
}

function checkMetadata({ topics, brokers }, { name, topic, brokerPort }) {
  const led = brokers.every(({ port }) => port !== brokerPort);
  if (name !== 'direct' && !led) throw new Error(`${name} leads clients past itself, to port ${brokerPort}`);
  if (brokers.length === 0) throw new Error('Metadata without brokers');
  if (topic === undefined) return;
  const [found] = topics;
  mustBeFine(`Metadata of ${topic}`, found?.errorCode ?? -1);
  if (found.name !== topic || found.partitions.length === 0) throw new Error(`Metadata of ${topic}: ${found.partitions.length} partitions of ${found.name}`);
}

function mustBeFine(what, errorCode) {
  if (errorCode !== 0) throw new Error(`${what}: error code ${errorCode}`);
}

function encode(api, version, draft) {
  return encodeRequestFrame(api, version, 0, CLIENT_ID, encodeMessage(api.request, version, newMessage(api.request, draft)));
}

function openChannel(host, port) {
  const socket = connect({ host, port, noDelay: true });
  const waiting = new Map();
  let correlationId = 0;
  let kept;
  let answerBytes = 0;
  let failure;
  const fail = (reason) => {
    failure ??= reason;
    for (const { reject } of waiting.values()) reject(failure);
    waiting.clear();
  };
  const connected = new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
    socket.once('close', () => reject(failure ?? new Error('closed before it was connected')));
  });
  connected.catch(() => {});
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('the connection was closed')));
  socket.on('data', (chunk) => {
    let bytes = kept === undefined ? chunk : Buffer.concat([kept, chunk]);
    while (bytes.length >= SIZE_BYTES && bytes.length >= SIZE_BYTES + bytes.readInt32BE(0)) {
      const end = SIZE_BYTES + bytes.readInt32BE(0);
      const id = bytes.readInt32BE(SIZE_BYTES);
      const asked = waiting.get(id);
      waiting.delete(id);
      if (asked === undefined) socket.destroy(new Error(`an answer to ${id}, which was not asked`));
      else asked.resolve(bytes.subarray(SIZE_BYTES, end));
      bytes = bytes.subarray(end);
    }
    kept = bytes.length === 0 ? undefined : bytes;
  });
  const exchange = (frame) => new Promise((resolve, reject) => {
    if (failure !== undefined) return reject(failure);
    frame.writeInt32BE(++correlationId, REQUEST_CORRELATION_AT);
    waiting.set(correlationId, { resolve, reject });
    socket.write(frame);
  });
  return {
    connected,
    closed,
    lastAnswerBytes: () => answerBytes,
    send: async (api, version, draft) => {
      const answer = await exchange(encode(api, version, draft));
      answerBytes = answer.length;
      return decodeMessage(api.response, version, answer, readResponseHeader(api.request.apiKey, version, answer).bodyStart);
    },
    sendAgain: async (frame, expectedBytes) => {
      const answer = await exchange(frame);
      if (answer.length !== expectedBytes) throw new Error(`an answer of ${answer.length} bytes, not ${expectedBytes} as before`);
    },
    close: (reason) => {
      if (reason !== undefined) fail(reason);
      socket.destroy();
    },
  };
}
