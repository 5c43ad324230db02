import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { resolveSecret } from '../../../src/config/resolve-secret.ts';
import type { Secret } from '../../../src/topology/topology.ts';

const dir = mkdtempSync(join(tmpdir(), 'gwctl-secret-'));
writeFileSync(join(dir, 'good'), 'from a file\n');
writeFileSync(join(dir, 'blank'), ' \n');
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const env = { GOOD: 'from a variable', BLANK: '' };

test.each<{ name: string; secret: Secret; value: string }>([
  { name: 'a variable', secret: { kind: 'env', name: 'GOOD' }, value: 'from a variable' },
  { name: 'a file, without its line end', secret: { kind: 'file', path: join(dir, 'good') }, value: 'from a file' },
  { name: 'a generated file of the environment', secret: { kind: 'generated', file: 'good' }, value: 'from a file' },
  { name: 'the loopback default', secret: { kind: 'literal', value: 'conduktor' }, value: 'conduktor' },
])('$name is read', ({ secret, value }) => expect(resolveSecret(secret, dir, env)).toBe(value));

test.each<{ name: string; secret: Secret; message: RegExp; hint: RegExp }>([
  { name: 'a variable that is not set', secret: { kind: 'env', name: 'MISSING' }, message: /^environment variable MISSING is not set$/, hint: /set MISSING/ },
  { name: 'a variable that is empty', secret: { kind: 'env', name: 'BLANK' }, message: /^environment variable BLANK is empty$/, hint: /set BLANK/ },
  { name: 'a file that is missing', secret: { kind: 'file', path: '/nowhere/key' }, message: /^secret file \/nowhere\/key does not exist$/, hint: /create the file/ },
  { name: 'a file without content', secret: { kind: 'file', path: join(dir, 'blank') }, message: /blank is empty$/, hint: /create the file/ },
  { name: 'a folder', secret: { kind: 'file', path: dir }, message: /cannot be read \(EISDIR\)$/, hint: /create the file/ },
  { name: 'a generated file before the first up', secret: { kind: 'generated', file: 'token-key' }, message: /token-key does not exist$/, hint: /gwctl up/ },
])('$name is an error with its name', ({ secret, message, hint }) => {
  expect(() => resolveSecret(secret, dir, env)).toThrow(expect.objectContaining({ code: 'CONFIG', message: expect.stringMatching(message), hint: expect.stringMatching(hint) }));
});
