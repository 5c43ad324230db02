import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BackendLink } from '../../../src/gateway/backend/backend-link.ts';
import { encodeInt32, readFrameSize } from '../../../src/gateway/bytes/frame-reader.ts';
import { after } from '../../../src/gateway/bytes/soon.ts';

const PATIENCE = { loginMs: 60_000, frameMs: 60_000, minFrameBytesPerSecond: 1000 };
/** Longer than a test may take. */
const FOR_EVER_MS = 600_000;
let server: Server;
let broker: Socket;
let link: BackendLink;
let frames: string[];
let ended: unknown[];
let isBegun: boolean;

beforeEach(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  [broker] = (await accepted) as [Socket];
  frames = [];
  ended = [];
  isBegun = false;
  link = new BackendLink(socket, () => {}, PATIENCE);
  link.readFrames(
    () => {
      isBegun = true;
      return after(readFrameSize(link.source, 1000), (size) => after(link.source.take(size), (frame) => void frames.push(frame.toString())));
    },
    (reason) => ended.push(reason),
  );
});

afterEach(() => {
  link.destroy();
  broker.destroy();
  server.close();
});

async function begun(): Promise<void> {
  await vi.waitFor(() => expect(isBegun).toBe(true));
}

function frameOf(text: string): Buffer {
  return Buffer.concat([encodeInt32(text.length), Buffer.from(text)]);
}

test('a link that closes is told to its reader', async () => {
  broker.write(frameOf('one'));
  await vi.waitFor(() => expect(frames).toEqual(['one']));
  broker.end();
  await vi.waitFor(() => expect(ended).toHaveLength(1));
});

test('one that was stopped between two frames reads no other, and its end is nobody\'s loss', async () => {
  broker.write(frameOf('one'));
  await vi.waitFor(() => expect(frames).toEqual(['one']));
  expect(await link.stopAfterFrame(FOR_EVER_MS)).toBe(true);
  broker.end(frameOf('two'));
  await vi.waitFor(() => expect(link.isClosed).toBe(true));
  expect({ frames, ended }).toEqual({ frames: ['one'], ended: [] });
});

test('one that is in the middle of a frame reads that to its end', async () => {
  const frame = frameOf('three');
  broker.write(frame.subarray(0, 6));
  await begun();
  const stopped = link.stopAfterFrame(FOR_EVER_MS);
  broker.write(Buffer.concat([frame.subarray(6), frameOf('four')]));
  expect(await stopped).toBe(true);
  expect({ frames, ended }).toEqual({ frames: ['three'], ended: [] });
});

test('a frame of which no more comes is not waited for: the broker has closed, or it takes too long', async () => {
  broker.write(frameOf('five').subarray(0, 6));
  await begun();
  expect(await link.stopAfterFrame(1)).toBe(false);
  const stopped = link.stopAfterFrame(FOR_EVER_MS);
  broker.end();
  expect(await stopped).toBe(false);
});
