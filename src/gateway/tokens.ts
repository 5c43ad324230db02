import { errors, jwtVerify, SignJWT } from 'jose';

/** Who a client is: a service account of one virtual cluster. */
export interface ServiceAccount {
  readonly username: string;
  readonly virtualCluster: string;
}

/** A token in the seed's shape: HS256 over `username`, `vcluster` and `exp`. */
export async function issueToken(key: Uint8Array, account: ServiceAccount, lifeTimeSeconds: number, now = Date.now()): Promise<string> {
  return await new SignJWT({ username: account.username, vcluster: account.virtualCluster, exp: Math.floor(now / 1000) + lifeTimeSeconds })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(key);
}

/** Why a token is not accepted, as a sentence that may be shown to its owner: it says nothing about the key. */
export class TokenRefused extends Error {}

/** The account that a token proves; throws TokenRefused for one that is expired, forged, malformed, or another user's. */
export async function verifyToken(key: Uint8Array, token: string, username: string): Promise<ServiceAccount> {
  let claims: Record<string, unknown>;
  try {
    ({ payload: claims } = await jwtVerify(token, key, { algorithms: ['HS256'], requiredClaims: ['exp'] }));
  } catch (reason) {
    if (reason instanceof errors.JWTExpired) throw new TokenRefused('the token has expired');
    if (reason instanceof errors.JWSSignatureVerificationFailed) throw new TokenRefused('the token was not issued by this gateway');
    throw new TokenRefused('the password is not a valid token');
  }
  const { vcluster } = claims;
  if (typeof vcluster !== 'string' || typeof claims['username'] !== 'string') throw new TokenRefused('the token names no user or no virtual cluster');
  if (claims['username'] !== username) throw new TokenRefused(`the token is not for user "${username}"`);
  return { username, virtualCluster: vcluster };
}
