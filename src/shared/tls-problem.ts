/** Why a TLS connection did not come about. */
export interface TlsProblem {
  /** Continues a sentence about the server: `its certificate has expired`. */
  readonly seen: string;
  /** What a person does; `ca` stands for the place where the authorities are named. */
  readonly todo: (ca: string) => string;
  /** What gwctl was told is wrong, rather than the server's own condition. */
  readonly isOurs: boolean;
}

const UNTRUSTED = new Set(['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'CERT_SIGNATURE_FAILURE', 'INVALID_CA']);

/** Reads the error of a connection over TLS; undefined: it is about something else. */
export function tlsProblemOf(reason: unknown): TlsProblem | undefined {
  if (!(reason instanceof Error)) return undefined;
  const { code = '', reason: why } = reason as Error & { readonly code?: string; readonly reason?: string };
  if (UNTRUSTED.has(code)) return { seen: `its certificate is signed by an authority that is not trusted here (${code})`, todo: (ca) => `name the PEM file of the authority that signed it in ${ca}`, isOurs: true };
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return { seen: `its certificate is for another host (${why ?? reason.message})`, todo: () => 'use one of the names that the certificate is for, or have one issued for this name', isOurs: true };
  if (code === 'CERT_HAS_EXPIRED') return { seen: 'its certificate has expired', todo: () => 'renew the certificate of the server, or set this machine\'s clock', isOurs: false };
  if (code === 'CERT_NOT_YET_VALID') return { seen: 'its certificate is not valid yet', todo: () => 'set the clock of this machine, or wait until the certificate is valid', isOurs: false };
  // Node has a code of its own for some of what OpenSSL says, and EPROTO for the rest.
  if (/wrong version number|packet length too long/i.test(reason.message)) return { seen: 'it does not speak TLS', todo: () => 'this is a plain port: leave TLS away in gwctl.yaml, or use the port that has it', isOurs: true };
  const alert = /alert ([a-z ]+)/i.exec(reason.message)?.[1];
  if (alert !== undefined) return { seen: `it refuses our side of TLS (${alert.trim()})`, todo: () => 'the server wants a certificate of the client, or another version of TLS', isOurs: true };
  return undefined;
}
