import { expect, test } from 'vitest';
import { API } from '../../../src/gateway/api-table.ts';
import { NodeLimits } from '../../../src/gateway/limits/tenant-usage.ts';
import { Login } from '../../../src/gateway/login/login.ts';
import { TenantNames } from '../../../src/gateway/tenants/tenant-names.ts';
import { TokenRefused } from '../../../src/gateway/login/tokens.ts';
import { decodeMessage, encodeMessage } from '../../../src/wire/codec.ts';
import { saslAuthenticateRequest, saslAuthenticateResponse, type SaslAuthenticateResponse } from '../../../src/wire/generated/sasl-authenticate.ts';
import { encodeRequestFrame, readRequestHeader, readResponseHeader } from '../../../src/wire/headers.ts';
import { newMessage } from '../../../src/wire/new-message.ts';

const LIFE_MS = 60_000;

function openLogin(answers = true): { readonly login: Login; readonly failures: string[]; readonly judged: string[] } {
  const judged: string[] = [];
  const failures: string[] = [];
  let tokens = 0;
  const usages = new NodeLimits({ limits: { maxConnections: 1, maxBytesInFlight: 1024 }, tenantLimits: {}, exempt: new Set() });
  const login = new Login({
    authenticate: async (username, password) => {
      if (password === 'bad') throw new TokenRefused('the token has expired');
      return { username, virtualCluster: password, token: { id: `token ${++tokens}`, issuedAtMs: 0, expiresAtMs: Date.now() + LIFE_MS } };
    },
    loginFailed: async (address) => {
      failures.push(address);
      return answers;
    },
    accessOf: ({ token }) => {
      judged.push(token?.id ?? '');
      return undefined;
    },
    audit: { record: () => {} },
    usageOf: (virtualCluster) => usages.usageOf(virtualCluster),
    namesOf: (virtualCluster) => new TenantNames(virtualCluster),
    topics: { refresh: async () => {}, topics: () => [], idOf: () => undefined, nameOf: () => undefined },
    clusterId: 'private',
    generation: 1,
    endpoints: new Map(),
  } as ConstructorParameters<typeof Login>[0], '10.0.0.1');
  return { login, failures, judged };
}

async function authenticate(login: Login, username: string, password: string): Promise<SaslAuthenticateResponse & { readonly refusal: string | undefined }> {
  const body = encodeMessage(saslAuthenticateRequest, 2, newMessage(saslAuthenticateRequest, { authBytes: Buffer.from(`\0${username}\0${password}`) }));
  const frame = encodeRequestFrame(API.saslAuthenticate, 2, 7, 'test', body).subarray(4);
  const { answer, refusal } = await login.handle(readRequestHeader(frame), frame);
  const { bodyStart } = readResponseHeader(API.saslAuthenticate, 2, answer.subarray(4));
  return { ...decodeMessage(saslAuthenticateResponse, 2, answer.subarray(4), bodyStart), refusal };
}

test('a client is told how long its session lasts, and a new login makes it last longer, with the rights of its own token', async () => {
  const { login, failures, judged } = openLogin();
  const first = await authenticate(login, 'sa', 'teamA');
  expect(first.errorCode).toBe(0);
  expect(Number(first.sessionLifetimeMs)).toBeGreaterThan(LIFE_MS - 5000);
  expect(Number(first.sessionLifetimeMs)).toBeLessThanOrEqual(LIFE_MS);
  const before = login.session;
  await authenticate(login, 'sa', 'teamA');
  expect(login.session?.account.token?.expiresAtMs).toBeGreaterThanOrEqual(before?.account.token?.expiresAtMs ?? Infinity);
  expect(login.session).not.toBe(before);
  expect(login.session?.around.groupProtocols).toBe(before?.around.groupProtocols);
  expect(judged).toEqual(['token 1', 'token 2']);
  expect(failures).toEqual([]);
});

test.each([
  { name: 'another virtual cluster', username: 'sa', password: 'teamB', says: 'a connection cannot change its virtual cluster' },
  { name: 'another user', username: 'root', password: 'teamA', says: 'a connection cannot change its user' },
  { name: 'an expired token', username: 'sa', password: 'bad', says: 'the token has expired' },
])('a second login with $name is refused, counted, and leaves the session as it was', async ({ username, password, says }) => {
  const { login, failures } = openLogin();
  await authenticate(login, 'sa', 'teamA');
  const { account } = login.session ?? {};
  expect(await authenticate(login, username, password)).toMatchObject({ errorCode: 58, errorMessage: says, refusal: says, sessionLifetimeMs: 0n });
  expect(login.session?.account).toBe(account);
  expect(failures).toEqual(['10.0.0.1']);
});

test('where too many refusals wait already, there is no answer at all', async () => {
  const { login } = openLogin(false);
  await expect(authenticate(login, 'sa', 'bad')).rejects.toThrow('authentication failed: the token has expired; too many failures of this address wait to be answered');
});
