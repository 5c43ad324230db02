import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { GwctlError } from '../shared/errors.ts';
import type { SaslCredentials } from './client-options.ts';

const DIGESTS = { 'SCRAM-SHA-256': 'sha256', 'SCRAM-SHA-512': 'sha512' } as const;
const DIGEST_BYTES = { sha256: 32, sha512: 64 } as const;
/** Kafka refuses to store less. */
const MIN_ITERATIONS = 4096;
/** A server that asks for more would only burn our time. */
const MAX_ITERATIONS = 1_000_000;
const NONCE_BYTES = 24;
/** GS2 header "n,," of a client without channel binding, in base64. */
const NO_BINDING = 'biws';

export type ScramMechanism = keyof typeof DIGESTS;

/** The client's half of one SCRAM conversation (RFC 5802). `first` is sent, then each answer of the server is given in turn. */
export interface ScramConversation {
  readonly first: Buffer;
  /** The client's last message. Throws PROTOCOL for an answer that is not one. */
  final(serverFirst: Buffer): Promise<Buffer>;
  /** Throws CONFIG when the server does not know the password itself: it is not who it says it is. */
  verify(serverFinal: Buffer): void;
}

export function startScram(credentials: SaslCredentials & { readonly mechanism: ScramMechanism }, nonce = randomBytes(NONCE_BYTES).toString('base64')): ScramConversation {
  const digest = DIGESTS[credentials.mechanism];
  const hmac = (key: Buffer, text: string): Buffer => createHmac(digest, key).update(text).digest();
  const bare = `n=${escapeName(credentials.username)},r=${nonce}`;
  let serverSignature: Buffer | undefined;
  return {
    first: Buffer.from(`n,,${bare}`),
    final: async (serverFirst) => {
      const text = serverFirst.toString('utf8');
      const { r: serverNonce = '', s: salt = '', i = '' } = attributesOf(text);
      const iterations = Number(i);
      if (!serverNonce.startsWith(nonce) || serverNonce.length === nonce.length) throw new GwctlError('PROTOCOL', `${credentials.mechanism}: the server's nonce does not continue ours`);
      if (salt === '') throw new GwctlError('PROTOCOL', `${credentials.mechanism}: the server gave no salt`);
      if (!(Number.isSafeInteger(iterations) && iterations >= MIN_ITERATIONS && iterations <= MAX_ITERATIONS)) {
        throw new GwctlError('PROTOCOL', `${credentials.mechanism}: the server asks for ${JSON.stringify(i)} iterations (allowed: ${MIN_ITERATIONS} to ${MAX_ITERATIONS})`);
      }
      const salted = await saltedPassword(credentials, salt, iterations);
      const clientKey = hmac(salted, 'Client Key');
      const withoutProof = `c=${NO_BINDING},r=${serverNonce}`;
      const signed = `${bare},${text},${withoutProof}`;
      const signature = hmac(createHash(digest).update(clientKey).digest(), signed);
      serverSignature = hmac(hmac(salted, 'Server Key'), signed);
      return Buffer.from(`${withoutProof},p=${Buffer.from(clientKey.map((byte, index) => byte ^ (signature[index] ?? 0))).toString('base64')}`);
    },
    verify: (serverFinal) => {
      const { v = '', e } = attributesOf(serverFinal.toString('utf8'));
      if (e !== undefined) throw new GwctlError('CONFIG', `the server refuses the credentials of ${credentials.username}: ${e}`);
      const given = Buffer.from(v, 'base64');
      if (serverSignature === undefined || given.length !== serverSignature.length || !timingSafeEqual(given, serverSignature)) {
        throw new GwctlError('CONFIG', `the server could not prove that it knows the password of ${credentials.username}`);
      }
    },
  };
}

interface Salted {
  readonly salt: string;
  readonly iterations: number;
  readonly value: Promise<Buffer>;
}

/** A user's salt seldom changes, and thousands of iterations for each of a thousand connections are seconds of work. */
const lastSalted = new WeakMap<SaslCredentials, Salted>();

function saltedPassword(credentials: SaslCredentials & { readonly mechanism: ScramMechanism }, salt: string, iterations: number): Promise<Buffer> {
  const known = lastSalted.get(credentials);
  if (known !== undefined && known.salt === salt && known.iterations === iterations) return known.value;
  const digest = DIGESTS[credentials.mechanism];
  const value = promisify(pbkdf2)(credentials.password, Buffer.from(salt, 'base64'), iterations, DIGEST_BYTES[digest], digest);
  lastSalted.set(credentials, { salt, iterations, value });
  return value;
}

/** `a=1,b=2`; a value may hold further `=`. */
function attributesOf(message: string): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(message.split(',').map((part) => [part.slice(0, 1), part.slice(2)]));
}

function escapeName(name: string): string {
  return name.replaceAll('=', '=3D').replaceAll(',', '=2C');
}
