import { API, API_TABLE, brokerVersionOf } from '../../../src/gateway/api-table.ts';
import { bytesOf } from '../../../src/gateway/bytes/byte-source.ts';
import { FrameReader } from '../../../src/gateway/bytes/frame-reader.ts';
import { answerApiVersions } from '../../../src/gateway/answers/local-answers.ts';
import { Login } from '../../../src/gateway/login/login.ts';
import type { Surroundings } from '../../../src/gateway/rewrite/rewriter.ts';
import { translateRequest, translateResponse } from '../../../src/gateway/rewrite/translation.ts';
import { completeProduced } from '../../../src/gateway/rewrite/produced-topics.ts';
import { spliceFetch } from '../../../src/gateway/connection/splice-fetch.ts';
import { spliceProduce } from '../../../src/gateway/connection/splice-produce.ts';
import type { UnknownTopic } from '../../../src/gateway/splice/produce-request-by-id.ts';
import { decodeMessage, encodeMessage } from '../../../src/wire/codec.ts';
import { encodeRequestFrame, encodeResponseFrame, isFlexible, readRequestHeader, readResponseHeader } from '../../../src/wire/headers.ts';
import type { ApiDefinition, Message } from '../../../src/wire/schema.ts';
import { connectionContext } from '../connection-context.ts';

/** What became of a request: what the broker reads, in the version it is asked in, or what the client reads, in its own; nothing where a client waits for no answer. */
export type Sent = { readonly kind: 'forward'; readonly asked: Message; readonly complete: (answer: Message) => void } | { readonly kind: 'answer'; readonly answered: Message } | { readonly kind: 'nothing' };

/** Both ways of one exchange, from message to message, over the bytes that would be on the wire. */
export interface GatewaySide {
  request(api: ApiDefinition, version: number, body: Message): Promise<Sent>;
  response(api: ApiDefinition, version: number, body: Message, complete?: (answer: Message) => void): Promise<Message>;
}

const CORRELATION_ID = 42;

/** The gateway's own code, with the parts that a connection would call: splices for Produce and Fetch, local answers, translation for the rest. */
export function gatewaySide(around: Surroundings): GatewaySide {
  return {
    request: async (api, version, body) => {
      const frame = encodeRequestFrame(api.key, version, CORRELATION_ID, 'client', encodeMessage(api.request, version, body)).subarray(4);
      const head = readRequestHeader(frame);
      if (api.key === API.apiVersions) return answered(api, version, answerApiVersions(CORRELATION_ID, version, API_TABLE));
      if (api.key === API.saslHandshake || api.key === API.saslAuthenticate) return answered(api, version, (await new Login(connectionContext(() => {}), 'client').handle(head, frame)).answer);
      if (api.key === API.produce) return await sendProduce(api, version, frame, around);
      const request = decodeMessage(api.request, version, frame, head.bodyStart);
      const outcome = await translateRequest(api, version, request, around);
      if (outcome.kind === 'answer') return { kind: 'answer', answered: decodeMessage(api.response, version, encodeMessage(api.response, version, outcome.body)) };
      const { brokerVersion, complete } = outcome;
      return { kind: 'forward', complete, asked: decodeMessage(api.request, brokerVersion, encodeMessage(api.request, brokerVersion, request)) };
    },
    response: async (api, version, body, complete) => {
      const brokerVersion = brokerVersionOf(api.key, version);
      const bytes = encodeMessage(api.response, brokerVersion, body);
      if (api.key === API.fetch) return readFrame(api, version, await receiveFetch(version, encodeResponseFrame(api.key, brokerVersion, CORRELATION_ID, bytes).subarray(4), around, complete));
      const answer = decodeMessage(api.response, brokerVersion, bytes);
      await translateResponse(api, { apiVersion: version, ...(complete === undefined ? {} : { complete }) }, answer, around, false);
      return decodeMessage(api.response, version, encodeMessage(api.response, version, answer));
    },
  };
}

/** No gateway at all: what a client says is what the broker hears. For controls. */
export function passThrough(): GatewaySide {
  return {
    request: async (api, version, body) => ({ kind: 'forward', complete: () => {}, asked: convert(api.request, brokerVersionOf(api.key, version), body) }),
    response: async (api, version, body) => convert(api.response, version, body),
  };
}

/** A Produce request as its bytes are, well-formed or not. */
export async function sendProduce(api: ApiDefinition, version: number, frame: Buffer, around: Surroundings): Promise<Sent> {
  const brokerVersion = brokerVersionOf(api.key, version);
  const head = readRequestHeader(frame);
  const reader = new FrameReader(bytesOf(frame), frame.length, isFlexible(api.key, version), 'Produce');
  const header = await reader.bytes(head.bodyStart, 'request head');
  header.writeInt16BE(brokerVersion, 2);
  const unknown: UnknownTopic[] = [];
  const pieces: Buffer[] = [];
  const own = await spliceProduce(head, reader, header, around, unknown, () => {}, (piece) => void pieces.push(Buffer.from(piece)));
  if (own !== undefined) return answered(api, version, own);
  const sent = Buffer.concat(pieces);
  if (sent.length === 0) return { kind: 'nothing' };
  if (sent.readInt32BE(0) !== sent.length - 4) throw new Error(`a frame of ${sent.length - 4} bytes says that it has ${sent.readInt32BE(0)}`);
  return { kind: 'forward', complete: completeProduced(unknown), asked: decodeMessage(api.request, brokerVersion, sent.subarray(4), readRequestHeader(sent.subarray(4)).bodyStart) };
}

/** A Fetch response as a broker's bytes are, well-formed or not; answers with the frame for the client. */
export async function receiveFetch(version: number, frame: Buffer, around: Surroundings, complete?: (answer: Message) => void): Promise<Buffer> {
  const pieces: Buffer[] = [];
  const exchange = { correlationId: CORRELATION_ID, apiKey: API.fetch, apiVersion: version, by: 'backend', isWrite: false, ...(complete === undefined ? {} : { complete }) } as const;
  await spliceFetch(exchange, bytesOf(frame), frame.length, around.names, (piece) => void pieces.push(Buffer.from(piece)));
  return Buffer.concat(pieces);
}

function answered(api: ApiDefinition, version: number, frame: Buffer): Sent {
  return { kind: 'answer', answered: readFrame(api, version, frame) };
}

function readFrame(api: ApiDefinition, version: number, frame: Buffer): Message {
  const bytes = frame.subarray(4);
  if (frame.readInt32BE(0) !== bytes.length) throw new Error(`a frame of ${bytes.length} bytes says that it has ${frame.readInt32BE(0)}`);
  const { bodyStart } = readResponseHeader(api.key, version, bytes);
  return decodeMessage(api.response, version, bytes, bodyStart);
}

function convert(schema: ApiDefinition['request'], version: number, body: Message): Message {
  return decodeMessage(schema, version, encodeMessage(schema, version, body));
}
