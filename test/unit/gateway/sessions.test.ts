import { afterEach, describe, expect, test, vi } from 'vitest';
import { createLog } from '../../../src/gateway/log.ts';
import { LoginThrottle, type LoginThrottleOptions } from '../../../src/gateway/login/login-throttle.ts';
import { isRevoked, withRevokedToken, withRevokedUser, type Revocations } from '../../../src/gateway/login/revocations.ts';
import { endStaleSessions, guardSessions } from '../../../src/gateway/login/session-guard.ts';
import type { ServiceAccount } from '../../../src/gateway/login/tokens.ts';

const account = (more: Partial<{ username: string; id: string; issuedAtMs: number; expiresAtMs: number }> = {}): ServiceAccount => {
  const { username = 'sa', id = 'id', issuedAtMs = 1000, expiresAtMs = 9000 } = more;
  return { username, virtualCluster: 'teamA', token: { id, issuedAtMs, expiresAtMs } };
};

describe('a revocation', () => {
  test.each([
    { name: 'of the user', record: withRevokedUser({}, 'sa', 1000), who: account(), is: true },
    { name: 'of the user, before this token was issued', record: withRevokedUser({}, 'sa', 999), who: account(), is: false },
    { name: 'of the user, for a token that does not say when it was issued', record: withRevokedUser({}, 'sa', 1), who: account({ issuedAtMs: 0 }), is: true },
    { name: 'of another user', record: withRevokedUser({}, 'root', 5000), who: account(), is: false },
    { name: 'of the token', record: withRevokedToken({}, 'id', 9000, 5000), who: account(), is: true },
    { name: 'of another token', record: withRevokedToken({}, 'other', 9000, 5000), who: account(), is: false },
    { name: 'of nothing', record: {}, who: account({ username: 'constructor', id: 'toString' }), is: false },
  ])('$name', ({ record, who, is }) => expect(isRevoked(record, who)).toBe(is));

  test('keeps the rest of the record and forgets tokens that have expired by themselves', () => {
    const before = { createdAt: 'then', revokedUsers: { root: 1 }, revokedTokens: { old: 100, young: 200 } } satisfies Revocations & { createdAt: string };
    expect(withRevokedToken(before, 'id', 9000, 150)).toEqual({ createdAt: 'then', revokedUsers: { root: 1 }, revokedTokens: { young: 200, id: 9000 } });
    expect(withRevokedUser(before, 'sa', 7)).toEqual({ ...before, revokedUsers: { root: 1, sa: 7 } });
  });
});

describe('open connections', () => {
  afterEach(() => void vi.useRealTimers());

  const open = (who: ServiceAccount | undefined) => ({ account: who, isEnded: false, destroy(): void { this.isEnded = true; } });

  test('end when their token has expired or was revoked, and no others do', () => {
    const lines: string[] = [];
    const connections = [open(account()), open(account({ expiresAtMs: 5000 })), open(account({ id: 'bad' })), open(undefined), open({ username: 'sa', virtualCluster: 'teamA' })];
    endStaleSessions(connections, ({ token }) => token?.id === 'bad', createLog((line) => void lines.push(line)), 5000);
    expect(connections.map(({ isEnded }) => isEnded)).toEqual([false, true, true, false, false]);
    expect(lines.join('')).toMatch(/its token has expired virtualCluster=teamA username=sa\n.*its token was revoked/);
  });

  test('are looked at every second, until the guard is ended', () => {
    vi.useFakeTimers({ now: 8000 });
    const [first, second] = [open(account()), open(account({ expiresAtMs: 20_000 }))];
    const end = guardSessions([first, second], () => false, createLog(() => {}));
    vi.advanceTimersByTime(500);
    expect(first.isEnded).toBe(false);
    vi.advanceTimersByTime(1500);
    expect([first.isEnded, second.isEnded]).toEqual([true, false]);
    end();
    vi.advanceTimersByTime(30_000);
    expect(second.isEnded).toBe(false);
  });
});

describe('refused logins', () => {
  const throttle = (options: Partial<LoginThrottleOptions> = {}) => {
    const waits: number[] = [];
    const clock = { ms: 0 };
    return { clock, waits, throttle: new LoginThrottle(options, () => clock.ms, async (ms) => void waits.push(ms)) };
  };

  test('of one address are answered later each time, up to a limit; another address is not touched', async () => {
    const { throttle: throttled, waits } = throttle({ maxDelayMs: 500 });
    for (let attempt = 0; attempt < 5; attempt++) expect(await throttled.failed('10.0.0.1')).toBe(true);
    await throttled.failed('10.0.0.2');
    expect(waits).toEqual([100, 200, 400, 500, 500, 100]);
  });

  test('start anew after a quiet minute', async () => {
    const { throttle: throttled, waits, clock } = throttle();
    await throttled.failed('a');
    clock.ms = 60_000;
    await throttled.failed('a');
    clock.ms += 60_001;
    await throttled.failed('a');
    expect(waits).toEqual([100, 200, 100]);
  });

  test('are remembered for a bounded number of addresses: the one that is quiet the longest goes', async () => {
    const { throttle: throttled, waits } = throttle({ maxAddresses: 2 });
    for (const address of ['a', 'b', 'a', 'c', 'a', 'b']) await throttled.failed(address);
    expect(throttled.size).toBe(2);
    expect(waits).toEqual([100, 100, 200, 100, 400, 100]);
  });

  test('that wait are bounded, too: beyond that there is no answer', async () => {
    const release: (() => void)[] = [];
    const throttled = new LoginThrottle({ maxWaiting: 2 }, () => 0, () => new Promise<void>((resolve) => release.push(resolve)));
    const waiting = [throttled.failed('a'), throttled.failed('a')];
    expect(await throttled.failed('a')).toBe(false);
    for (const go of release) go();
    expect(await Promise.all(waiting)).toEqual([true, true]);
    const after = throttled.failed('a');
    release.at(-1)?.();
    expect(await after).toBe(true);
  });
});
