import type { ServiceAccount } from './tokens.ts';

/** The part of a virtual cluster's record that says which of its tokens are no longer good. */
export interface Revocations {
  /** User name -> everything issued until then (epoch ms) is revoked. */
  readonly revokedUsers?: Readonly<Record<string, number>>;
  /** Id of a token -> when it expires (epoch ms), after which nobody need remember it. */
  readonly revokedTokens?: Readonly<Record<string, number>>;
}

/** The record after all tokens of a user that were issued until now are revoked; those issued later are good. */
export function withRevokedUser<T extends Revocations>(record: T, username: string, nowMs: number): T {
  return { ...record, revokedUsers: { ...record.revokedUsers, [username]: nowMs } };
}

/** The record after one token is revoked. Those that have expired by themselves are forgotten on the way. */
export function withRevokedToken<T extends Revocations>(record: T, id: string, expiresAtMs: number, nowMs: number): T {
  const alive = Object.entries(record.revokedTokens ?? {}).filter(([, until]) => until > nowMs);
  return { ...record, revokedTokens: Object.fromEntries([...alive, [id, expiresAtMs]]) };
}

/** Whether the token that proved this account is revoked. A token that does not say when it was issued counts as older than any revocation. */
export function isRevoked({ revokedUsers = {}, revokedTokens = {} }: Revocations, { username, token }: ServiceAccount): boolean {
  if (token === undefined) return false;
  if (Object.hasOwn(revokedTokens, token.id)) return true;
  const revokedUntilMs = Object.hasOwn(revokedUsers, username) ? revokedUsers[username] : undefined;
  return revokedUntilMs !== undefined && token.issuedAtMs <= revokedUntilMs;
}
