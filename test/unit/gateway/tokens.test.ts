import { expect, test } from 'vitest';
import { issueToken, TokenRefused, verifyToken } from '../../../src/gateway/login/tokens.ts';
import { readTokenKeys } from '../../../src/gateway/login/token-keys.ts';
import { readSaslPlain } from '../../../src/gateway/login/sasl-plain.ts';

const KEY = new TextEncoder().encode('a key that is long enough for HS256!');
const ACCOUNT = { username: 'sa', virtualCluster: 'teamA' };

test('a token has the seed\'s claims and proves its account', async () => {
  const token = await issueToken(KEY, ACCOUNT, 60);
  const [header, claims] = token.split('.').slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>);
  expect(header).toEqual({ alg: 'HS256' });
  expect(Object.keys(claims ?? {}).sort()).toEqual(['exp', 'iat', 'username', 'vcluster']);
  const { token: facts, ...account } = await verifyToken(KEY, token, 'sa');
  expect(account).toEqual(ACCOUNT);
  expect(facts.expiresAtMs).toBe(Number(claims?.['exp']) * 1000);
  expect(facts.issuedAtMs).toBe(Math.round(Number(claims?.['iat']) * 1000));
});

test('while a key is replaced, tokens of the older one are accepted, and new ones are signed with the newer', async () => {
  const newer = new TextEncoder().encode('the newer key, which is long enough, too');
  const old = await issueToken(KEY, ACCOUNT, 60);
  expect(await verifyToken([newer, KEY], old, 'sa')).toMatchObject(ACCOUNT);
  const fresh = await issueToken([newer, KEY], ACCOUNT, 60);
  expect(await verifyToken(newer, fresh, 'sa')).toMatchObject(ACCOUNT);
  await expect(verifyToken([newer], old, 'sa')).rejects.toThrow(/not issued by this gateway/);
  await expect(verifyToken([newer, KEY], await issueToken(KEY, ACCOUNT, 60, Date.now() - 3_600_000), 'sa')).rejects.toThrow(/expired/);
});

test('a token has one id however its signature is written, and tokens of two moments have two', async () => {
  const idOf = async (token: string): Promise<string> => (await verifyToken(KEY, token)).token.id;
  const nowMs = Date.now();
  const token = await issueToken(KEY, ACCOUNT, 60, nowMs);
  expect(await idOf(token)).toBe(await idOf(await issueToken(KEY, ACCOUNT, 60, nowMs)));
  expect(await idOf(await issueToken(KEY, ACCOUNT, 60, nowMs - 1))).not.toBe(await idOf(token));
});

test.each([
  { name: 'a short key', keys: ['k'.repeat(31)], says: 'token key 1 has 31 bytes (at least 32 are needed)' },
  { name: 'a short older key', keys: ['k'.repeat(32), 'x'], says: 'token key 2 has 1 bytes' },
  { name: 'no key', keys: [], says: 'no token key' },
])('$name is refused at the start', ({ keys, says }) => {
  expect(() => readTokenKeys(keys)).toThrow(says);
  expect(() => readTokenKeys(['k'.repeat(32)])).not.toThrow();
});

const forged = (header: object, claims: object): string => [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
const claims = { username: 'sa', vcluster: 'teamA', exp: Math.floor(Date.now() / 1000) + 60 };

test.each<{ name: string; token: () => Promise<string> | string; user?: string; says: RegExp }>([
  { name: 'expired', token: () => issueToken(KEY, ACCOUNT, 60, Date.now() - 3_600_000), says: /expired/ },
  { name: 'of another key', token: () => issueToken(new TextEncoder().encode('another key, just as long as that one'), ACCOUNT, 60), says: /not issued by this gateway/ },
  { name: 'changed after it was signed', token: async () => (await issueToken(KEY, ACCOUNT, 60)).split('.').map((part, index) => (index === 1 ? Buffer.from(JSON.stringify({ ...claims, vcluster: 'teamB' })).toString('base64url') : part)).join('.'), says: /not issued by this gateway/ },
  { name: 'unsigned', token: () => `${forged({ alg: 'none' }, claims)}.`, says: /not a valid token/ },
  { name: 'of another user', token: () => issueToken(KEY, { ...ACCOUNT, username: 'root' }, 60), says: /not for user "sa"/ },
  { name: 'not a token', token: () => 'secret', says: /not a valid token/ },
])('a token that is $name is refused, and why is said', async ({ token, says }) => {
  const refusal = verifyToken(KEY, await token(), 'sa');
  await expect(refusal).rejects.toThrow(says);
  await expect(refusal).rejects.toBeInstanceOf(TokenRefused);
});

test.each([
  { name: 'as clients send it', bytes: '\0sa\0token', result: { username: 'sa', password: 'token' } },
  { name: 'with the same authorization id', bytes: 'sa\0sa\0token', result: { username: 'sa', password: 'token' } },
  { name: 'with another authorization id', bytes: 'root\0sa\0token', result: undefined },
  { name: 'without a user', bytes: '\0\0token', result: undefined },
  { name: 'with too many parts', bytes: '\0sa\0to\0ken', result: undefined },
  { name: 'empty', bytes: '', result: undefined },
])('SASL/PLAIN $name', ({ bytes, result }) => {
  expect(readSaslPlain(Buffer.from(bytes))).toEqual(result);
});
