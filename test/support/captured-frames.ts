import { readFileSync } from 'node:fs';
import { APIS } from '../../src/wire/generated/apis.ts';
import { readRequestHeader, readResponseHeader } from '../../src/wire/headers.ts';
import type { ApiDefinition, Message, MessageSchema } from '../../src/wire/schema.ts';

/** A frame that a real client or broker sent, without its size bytes. */
export interface CapturedFrame {
  readonly client: string;
  readonly api: ApiDefinition;
  readonly version: number;
  readonly direction: 'request' | 'response';
  readonly schema: MessageSchema<Message>;
  readonly bytes: Buffer;
  readonly bodyStart: number;
}

/** What tools/capture-frames.mjs wrote. */
export function readCapturedFrames(file: string): readonly CapturedFrame[] {
  return readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => {
    const [client = '', name = '', versionText = '', direction = '', base64 = ''] = line.split(' ');
    const api = [...APIS.values()].find((candidate) => candidate.name === name);
    if (api === undefined || (direction !== 'request' && direction !== 'response')) throw new Error(`not a captured frame: ${line}`);
    const version = Number(versionText);
    const bytes = Buffer.from(base64, 'base64');
    const { bodyStart } = direction === 'request' ? readRequestHeader(bytes) : readResponseHeader(api.key, version, bytes);
    return { client, api, version, direction, schema: api[direction], bytes, bodyStart };
  });
}
