import type { Socket } from 'node:net';
import { authenticate, type Ask } from '../../client/authenticate.ts';
import type { BrokerAddress, SaslCredentials } from '../../client/client-options.ts';
import { FrameCollector } from '../../client/frame-collector.ts';
import { GwctlError } from '../../shared/errors.ts';
import { decodeMessage, encodeMessage } from '../../wire/codec.ts';
import { encodeRequestFrame, readResponseHeader } from '../../wire/headers.ts';
import { onChunks } from '../bytes/read-buffers.ts';

/** Answers of a SASL conversation are small; a longer one is not Kafka's. */
const MAX_ANSWER_BYTES = 64 << 10;

export interface SocketLogin {
  readonly address: BrokerAddress;
  readonly sasl: SaslCredentials;
  readonly clientId: string;
  /** For the whole conversation. */
  readonly timeoutMs: number;
}

/**
 * SASL on a fresh connection to a broker. Afterwards any request may follow, and whoever comes next reads the socket from there. Throws
 * UNAVAILABLE, or CONFIG for refused credentials; the socket is destroyed then.
 */
export async function authenticateSocket(socket: Socket, { address, sasl, clientId, timeoutMs }: SocketLogin): Promise<void> {
  const where = `${address.host}:${address.port}`;
  const frames = new FrameCollector(MAX_ANSWER_BYTES);
  let waiting: { readonly resolve: (frame: Buffer) => void; readonly reject: (reason: Error) => void } | undefined;
  let failure: Error | undefined;
  const fail = (reason: Error): void => {
    failure ??= reason;
    waiting?.reject(failure);
  };
  const onError = (error: Error): void => fail(new GwctlError('UNAVAILABLE', `${where} failed during authentication: ${error.message}`, { cause: error }));
  const onClose = (): void => fail(new GwctlError('UNAVAILABLE', `${where} closed the connection during authentication`));
  const timer = setTimeout(() => fail(new GwctlError('UNAVAILABLE', `${where} did not finish the authentication within ${timeoutMs} ms`)), timeoutMs);
  socket.on('error', onError).on('close', onClose).on('end', onClose);
  const stopReading = onChunks(socket, (chunk, lease) => {
    try {
      for (const frame of frames.push(Buffer.from(chunk))) waiting?.resolve(frame);
    } catch (reason) {
      fail(GwctlError.from(reason));
    } finally {
      lease?.release();
    }
  });
  let correlationId = 0;
  const ask: Ask = async (api, version, body) => {
    const id = ++correlationId;
    const frame = await new Promise<Buffer>((resolve, reject) => {
      waiting = { resolve, reject };
      if (failure === undefined) socket.write(encodeRequestFrame(api.key, version, id, clientId, encodeMessage(api.request, version, body)));
      else reject(failure);
    });
    const { correlationId: answered, bodyStart } = readResponseHeader(api.key, version, frame);
    if (answered !== id) throw new GwctlError('PROTOCOL', `answer ${answered} to ${api.name} (expected: ${id})`);
    return decodeMessage(api.response, version, frame, bodyStart);
  };
  try {
    await authenticate(ask, address, sasl);
  } catch (reason) {
    socket.on('error', () => {}); // it may fail once more while it is destroyed
    socket.destroy();
    throw reason;
  } finally {
    clearTimeout(timer);
    stopReading();
    socket.off('error', onError).off('close', onClose).off('end', onClose);
  }
}
