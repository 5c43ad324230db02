import { GwctlError } from '../shared/errors.ts';

/** Cuts a byte stream into frames by their 4 size bytes. A size is checked before anything is kept for it; chunks are joined once. */
export class FrameCollector {
  readonly #maxFrameBytes: number;
  #chunks: Buffer[] = [];
  #bufferedBytes = 0;
  /** Bytes of the frame that is being collected, with its size bytes; 4 while they are not known. */
  #neededBytes = 4;

  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  /** The frames that `chunk` completes, without their size bytes. Throws PROTOCOL. */
  push(chunk: Buffer): Buffer[] {
    this.#chunks.push(chunk);
    this.#bufferedBytes += chunk.length;
    if (this.#bufferedBytes < this.#neededBytes) return [];
    const bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks, this.#bufferedBytes);
    const frames: Buffer[] = [];
    let at = 0;
    this.#neededBytes = 4;
    while (bytes.length - at >= 4) {
      const frameBytes = bytes.readInt32BE(at);
      assertFrames(bytes, at);
      if (frameBytes < 0 || frameBytes > this.#maxFrameBytes) throw new GwctlError('PROTOCOL', `frame of ${frameBytes} bytes (allowed: 0 to ${this.#maxFrameBytes})`);
      if (bytes.length - at - 4 < frameBytes) {
        this.#neededBytes = 4 + frameBytes;
        break;
      }
      frames.push(bytes.subarray(at + 4, at + 4 + frameBytes));
      at += 4 + frameBytes;
    }
    const rest = bytes.subarray(at);
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#bufferedBytes = rest.length;
    return frames;
  }
}

const TLS_ALERT = 0x15_03;
const HTTP = 0x48_54;

/** The first bytes of an answer tell a port that has TLS, and a web server, from a broker. Throws CONFIG. */
function assertFrames(bytes: Buffer, at: number): void {
  const start = bytes.readUInt16BE(at);
  if (start === TLS_ALERT) throw new GwctlError('CONFIG', 'answers in TLS', { hint: 'set clusters.NAME.security.protocol to SSL or SASL_SSL (of a gateway node: gateways.NAME.tls), or use the plain port' });
  if (start === HTTP && bytes.toString('latin1', at, at + 4) === 'HTTP') throw new GwctlError('CONFIG', 'answers in HTTP', { hint: 'this is no port of a Kafka broker: clusters.NAME.bootstrap in gwctl.yaml says where they are' });
}
