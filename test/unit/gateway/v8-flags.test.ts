import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { GATEWAY_NODE_FLAGS } from '../../../src/gateway/v8-flags.ts';

test('the image starts a node with the same flags as `gwctl up`', () => {
  const dockerfile = readFileSync(new URL('../../../compose/gateway/Dockerfile', import.meta.url), 'utf8');
  const [, entrypoint = '[]'] = /^ENTRYPOINT (.*)$/m.exec(dockerfile) ?? [];
  expect(JSON.parse(entrypoint)).toEqual(['node', ...GATEWAY_NODE_FLAGS, '/opt/gwctl/bin/gwctl.js']);
});
