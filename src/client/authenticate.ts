import { GwctlError } from '../shared/errors.ts';
import { errorName } from '../wire/error-codes.ts';
import { saslAuthenticateApi } from '../wire/generated/sasl-authenticate.ts';
import { saslHandshakeApi } from '../wire/generated/sasl-handshake.ts';
import { newMessage } from '../wire/new-message.ts';
import type { Api } from '../wire/schema.ts';
import type { BrokerAddress, SaslCredentials } from './client-options.ts';
import { startScram } from './scram.ts';

/** Sends one request and resolves with its answer; rejects by itself when that takes too long. */
export type Ask = <Req, Res>(api: Api<Req, Res>, version: number, body: Req) => Promise<Res>;

/** SASL on a fresh connection. Throws CONFIG when the broker refuses the mechanism or the credentials, whose values are never in the message. */
export async function authenticate(ask: Ask, { host, port }: BrokerAddress, credentials: SaslCredentials): Promise<void> {
  const { mechanism, username, password } = credentials;
  const handshake = await ask(saslHandshakeApi, 1, { mechanism });
  if (handshake.errorCode !== 0) {
    throw new GwctlError('CONFIG', `${host}:${port} refuses SASL mechanism ${mechanism}: ${errorName(handshake.errorCode)} (allowed: ${handshake.mechanisms.join(', ')})`);
  }
  const send = async (authBytes: Buffer): Promise<Buffer> => {
    const answer = await ask(saslAuthenticateApi, 2, newMessage(saslAuthenticateApi.request, { authBytes }));
    if (answer.errorCode !== 0) {
      const why = answer.errorMessage === null ? '' : ` (${answer.errorMessage})`;
      throw new GwctlError('CONFIG', `${host}:${port} refuses the credentials of ${username}: ${errorName(answer.errorCode)}${why}`);
    }
    return answer.authBytes;
  };
  if (mechanism === 'PLAIN') {
    await send(Buffer.from(`\0${username}\0${password}`, 'utf8'));
    return;
  }
  // The very object: what was derived from its password is remembered by it.
  const scram = startScram(credentials as SaslCredentials & { readonly mechanism: typeof mechanism });
  scram.verify(await send(await scram.final(await send(scram.first))));
}
