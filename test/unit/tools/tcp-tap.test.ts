import { expect, test } from 'vitest';
import { heartbeatApi } from '../../../src/wire/generated/heartbeat.ts';
import { metadataApi } from '../../../src/wire/generated/metadata.ts';
import { FrameCollection } from '../../../tools/capture-frames/frame-collection.ts';
import { startTcpTap, type TappedFrame } from '../../../tools/capture-frames/tcp-tap.ts';
import { connectFrameClient, startScriptedBroker } from '../../support/frame-peer.ts';

test('a tap hands everything on and tells each frame, answers with the api that they answer', async () => {
  const frames: TappedFrame[] = [];
  const broker = await startScriptedBroker();
  const tap = await startTcpTap((frame) => void frames.push(frame));
  tap.target = broker.port;
  const client = await connectFrameClient(tap.port);
  try {
    client.send(metadataApi, 9, 7, { topics: [{ name: 'users' }] });
    client.send(heartbeatApi, 4, 8, { groupId: 'g' });
    const [first, second] = [await broker.next(), await broker.next()];
    expect(first.body).toMatchObject({ topics: [{ name: 'users' }] });
    first.answer({ clusterId: 'x' });
    second.answer({ errorCode: 27 });
    expect(await client.receive(metadataApi, 9)).toMatchObject({ correlationId: 7, body: { clusterId: 'x' } });
    expect(await client.receive(heartbeatApi, 4)).toMatchObject({ correlationId: 8, body: { errorCode: 27 } });
    expect(frames.map(({ apiKey, apiVersion, direction }) => ({ apiKey, apiVersion, direction }))).toEqual([
      { apiKey: 3, apiVersion: 9, direction: 'request' },
      { apiKey: 12, apiVersion: 4, direction: 'request' },
      { apiKey: 3, apiVersion: 9, direction: 'response' },
      { apiKey: 12, apiVersion: 4, direction: 'response' },
    ]);
  } finally {
    client.close();
    await tap.close();
    await broker.close();
  }
});

test('of each kind three frames of different lengths are kept, and nothing secret', () => {
  const collection = new FrameCollection();
  for (const length of [10, 10, 20, 30, 40]) collection.add('kcat', { apiKey: 3, apiVersion: 1, direction: 'request', bytes: Buffer.alloc(length) });
  collection.add('kcat', { apiKey: 3, apiVersion: 1, direction: 'request', bytes: Buffer.alloc(5000) });
  collection.add('kcat', { apiKey: 36, apiVersion: 1, direction: 'request', bytes: Buffer.alloc(10) });
  expect(collection.toLines()).toEqual([10, 20, 30].map((length) => `kcat Metadata 1 request ${Buffer.alloc(length).toString('base64')}`).sort());
});
