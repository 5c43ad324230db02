/** The only mechanism towards clients, as in the seed: the password is a token. */
export const SASL_MECHANISM = 'PLAIN';

/** User name and password of a SASL/PLAIN message (RFC 4616: authzid NUL authcid NUL passwd), or undefined when it is not one. */
export function readSaslPlain(bytes: Buffer): { readonly username: string; readonly password: string } | undefined {
  const [authzid, username, password, ...rest] = bytes.toString('utf8').split('\0');
  if (username === undefined || password === undefined || rest.length > 0) return undefined;
  if (username === '' || (authzid !== '' && authzid !== username)) return undefined;
  return { username, password };
}
