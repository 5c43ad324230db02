import { APIS } from '../../src/wire/generated/apis.ts';
import type { TappedFrame } from './tcp-tap.ts';

/** Of each client, api, version and direction so many frames are kept, all of different lengths. */
const FRAMES_OF_A_KIND = 3;
const LARGEST_BYTES = 4000;
/** Passwords, and paths of the machine that captured. */
const LEFT_OUT: ReadonlySet<string> = new Set(['SaslAuthenticate request', 'DescribeLogDirs response']);

/** A compact set of frames, as lines `client api version direction base64`. */
export class FrameCollection {
  readonly #kinds = new Map<string, Buffer[]>();

  add(client: string, { apiKey, apiVersion, direction, bytes }: TappedFrame): void {
    const name = APIS.get(apiKey)?.name;
    if (name === undefined || bytes.length > LARGEST_BYTES || LEFT_OUT.has(`${name} ${direction}`)) return;
    const kind = `${client} ${name} ${apiVersion} ${direction}`;
    const frames = this.#kinds.get(kind) ?? [];
    this.#kinds.set(kind, frames);
    if (frames.length < FRAMES_OF_A_KIND && frames.every(({ length }) => length !== bytes.length)) frames.push(bytes);
  }

  toLines(): string[] {
    return [...this.#kinds].flatMap(([kind, frames]) => frames.map((bytes) => `${kind} ${bytes.toString('base64')}`)).sort();
  }
}
