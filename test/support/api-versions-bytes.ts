import { connect } from 'node:net';
import type { Topology } from '../../src/topology/topology.ts';
import { encodeMessage } from '../../src/wire/codec.ts';
import { apiVersionsApi } from '../../src/wire/generated/api-versions.ts';
import { encodeRequestFrame } from '../../src/wire/headers.ts';
import { newMessage } from '../../src/wire/new-message.ts';

const TIMEOUT_MS = 10_000;
const CORRELATION_ID = 7;

/** Every port of every node in three versions of the request, in one order. */
export async function apiVersionsEverywhere({ gateways }: Topology): Promise<readonly string[]> {
  const ports = gateways.flatMap((gateway) => gateway.ports.map(({ port }) => port));
  return await Promise.all([0, 3, 4].flatMap((version) => ports.map((port) => readApiVersionsBytes(port, version))));
}

/** The whole answer to an ApiVersions request on a fresh connection, as hex, length prefix included. */
async function readApiVersionsBytes(port: number, version: number): Promise<string> {
  const body = encodeMessage(apiVersionsApi.request, version, newMessage(apiVersionsApi.request, { clientSoftwareName: 'test', clientSoftwareVersion: '1' }));
  const socket = connect(port, '127.0.0.1');
  const late = AbortSignal.timeout(TIMEOUT_MS);
  late.addEventListener('abort', () => socket.destroy(new Error(`no answer from port ${port} within ${TIMEOUT_MS} ms`)));
  try {
    socket.write(encodeRequestFrame(apiVersionsApi.key, version, CORRELATION_ID, 'test', body));
    let seen = Buffer.alloc(0);
    for await (const chunk of socket) {
      seen = Buffer.concat([seen, chunk as Buffer]);
      if (seen.length >= 4 && seen.length >= 4 + seen.readInt32BE(0)) return seen.toString('hex');
    }
    throw new Error(`port ${port} closed after ${seen.length} bytes`);
  } finally {
    socket.destroy();
  }
}
