import { GwctlError } from '../shared/errors.ts';
import { errorName } from '../wire/error-codes.ts';
import { saslAuthenticateApi } from '../wire/generated/sasl-authenticate.ts';
import { saslHandshakeApi } from '../wire/generated/sasl-handshake.ts';
import { newMessage } from '../wire/new-message.ts';
import type { BrokerConnection } from './broker-connection.ts';
import type { PlainCredentials } from './client-options.ts';

/** SASL on a fresh connection. Throws CONFIG when the broker refuses the mechanism or the credentials, whose values are never in the message. */
export async function authenticate(connection: BrokerConnection, credentials: PlainCredentials, timeoutMs: number): Promise<void> {
  const { host, port } = connection.address;
  const { mechanism, username, password } = credentials;
  const handshake = await connection.request(saslHandshakeApi, 1, { mechanism }, { timeoutMs });
  if (handshake.errorCode !== 0) {
    throw new GwctlError('CONFIG', `${host}:${port} refuses SASL mechanism ${mechanism}: ${errorName(handshake.errorCode)} (allowed: ${handshake.mechanisms.join(', ')})`);
  }
  const authBytes = Buffer.from(`\0${username}\0${password}`, 'utf8');
  const answer = await connection.request(saslAuthenticateApi, 2, newMessage(saslAuthenticateApi.request, { authBytes }), { timeoutMs });
  if (answer.errorCode !== 0) throw new GwctlError('CONFIG', `${host}:${port} refuses the credentials of ${username}: ${errorName(answer.errorCode)}`);
}
