import { GwctlError } from '../../shared/errors.ts';
import type { TokenKeys } from './tokens.ts';

/** As long as the digest of HS256: a shorter key could be guessed from one token. */
const MIN_KEY_BYTES = 32;

/** The keys in their order. Throws CONFIG, without the key, for one that is too short. */
export function readTokenKeys(secrets: readonly string[]): TokenKeys {
  const [first, ...older] = secrets.map((secret, index) => {
    const key = new TextEncoder().encode(secret);
    if (key.length < MIN_KEY_BYTES) throw new GwctlError('CONFIG', `token key ${index + 1} has ${key.length} bytes (at least ${MIN_KEY_BYTES} are needed)`, { hint: 'make one with `openssl rand -base64 32`' });
    return key;
  });
  if (first === undefined) throw new GwctlError('CONFIG', 'no token key');
  return [first, ...older];
}
