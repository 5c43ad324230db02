import { createHash } from 'node:crypto';
import { errors, jwtVerify, SignJWT, type JWTPayload } from 'jose';

/** Who a client is: a service account of one virtual cluster. */
export interface ServiceAccount {
  readonly username: string;
  readonly virtualCluster: string;
  /** May edit the ACLs of its virtual cluster, which do not bind it. */
  readonly isAdmin?: boolean;
  /** The token that proved it. */
  readonly token?: TokenFacts;
}

export interface TokenFacts {
  /** A digest: it names the token and does not give it away. */
  readonly id: string;
  /** 0 for a token that does not say. */
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

/** One HS256 key, or several: the first signs, all verify, so that a key can be replaced while tokens of the older one are still about. */
export type TokenKeys = Uint8Array | readonly [Uint8Array, ...Uint8Array[]];

/** A token in the seed's shape, HS256 over `username`, `vcluster` and `exp`; `iat`, to the millisecond, is for revocations. */
export async function issueToken(keys: TokenKeys, account: Omit<ServiceAccount, 'token'>, lifeTimeSeconds: number, nowMs = Date.now()): Promise<string> {
  return await new SignJWT({ username: account.username, vcluster: account.virtualCluster, exp: Math.floor(nowMs / 1000) + lifeTimeSeconds, iat: nowMs / 1000, ...(account.isAdmin === true ? { admin: true } : {}) })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(listOf(keys)[0]);
}

/** Why a token is not accepted, as a sentence that may be shown to its owner: it says nothing about the key. */
export class TokenRefused extends Error {}

/** The account that a token proves; throws TokenRefused for one that is expired, forged, malformed, or (with `username`) another user's. */
export async function verifyToken(keys: TokenKeys, token: string, username?: string): Promise<ServiceAccount & { readonly token: TokenFacts }> {
  const { vcluster, username: owner, admin, exp = 0, iat = 0 } = await claimsOf(keys, token);
  if (typeof vcluster !== 'string' || typeof owner !== 'string') throw new TokenRefused('the token names no user or no virtual cluster');
  if (username !== undefined && owner !== username) throw new TokenRefused(`the token is not for user "${username}"`);
  return { username: owner, virtualCluster: vcluster, ...(admin === true ? { isAdmin: true } : {}), token: { id: tokenId(token), issuedAtMs: Math.round(iat * 1000), expiresAtMs: exp * 1000 } };
}

async function claimsOf(keys: TokenKeys, token: string): Promise<JWTPayload> {
  for (const key of listOf(keys)) {
    try {
      return (await jwtVerify(token, key, { algorithms: ['HS256'], requiredClaims: ['exp'] })).payload;
    } catch (reason) {
      if (reason instanceof errors.JWSSignatureVerificationFailed) continue;
      throw new TokenRefused(reason instanceof errors.JWTExpired ? 'the token has expired' : 'the password is not a valid token');
    }
  }
  throw new TokenRefused('the token was not issued by this gateway');
}

function listOf(keys: TokenKeys): readonly [Uint8Array, ...Uint8Array[]] {
  return keys instanceof Uint8Array ? [keys] : keys;
}

/** A digest that names a token. Of what is signed: the same token is the same in whatever way its signature is written. */
export function tokenId(token: string): string {
  return createHash('sha256').update(token.slice(0, token.lastIndexOf('.'))).digest('base64url');
}
