import { GwctlError } from '../../shared/errors.ts';
import { decodeMessage, encodeMessage } from '../../wire/codec.ts';
import { ERROR } from '../../wire/error-codes.ts';
import { saslAuthenticateRequest, saslAuthenticateResponse } from '../../wire/generated/sasl-authenticate.ts';
import { saslHandshakeRequest, saslHandshakeResponse } from '../../wire/generated/sasl-handshake.ts';
import { encodeResponseFrame, type RequestHead } from '../../wire/headers.ts';
import { newMessage } from '../../wire/new-message.ts';
import type { SessionAccess } from '../acls/apply-acls.ts';
import { API } from '../api-table.ts';
import { auditedAccess } from '../audit/audited-access.ts';
import type { TenantUsage } from '../limits/tenant-usage.ts';
import type { NodeContext } from '../node-context.ts';
import type { Surroundings } from '../rewrite/rewriter.ts';
import { readSaslPlain, SASL_MECHANISM } from './sasl-plain.ts';
import { TokenRefused, type ServiceAccount } from './tokens.ts';

/** Node clients put the time into a timer, and one of more than 24 days goes off at once, over and over (seen with @platformatic/kafka). */
const LONGEST_SESSION_MS = 24 * 3_600_000;

/** Who is at the other end, once it has proved it. */
export interface ClientSession {
  readonly account: ServiceAccount;
  readonly around: Surroundings;
  /** Where it is, without the port. */
  readonly address: string;
}

/** What is sent back, and why the connection ends after it. */
export interface LoginStep {
  readonly answer: Buffer;
  readonly refusal: string | undefined;
}

type LoginContext = Pick<NodeContext, 'audit' | 'authenticate' | 'loginFailed' | 'accessOf' | 'namesOf' | 'usageOf' | 'topics' | 'clusterId' | 'generation' | 'endpoints' | 'disabledGuards'>;

/** The SASL conversation of one connection. A client may log in again (KIP-368), but never as somebody else. */
export class Login {
  readonly #node: LoginContext;
  readonly #address: string;
  #session: ClientSession | undefined;
  #usage: TenantUsage | undefined;
  /** As the last try to log in said, true or not. */
  #claimedUser: string | undefined;
  #expectsBareMessage = false;

  constructor(node: LoginContext, address: string) {
    this.#node = node;
    this.#address = address;
  }

  get session(): ClientSession | undefined {
    return this.#session;
  }

  /** Of the virtual cluster that has let this connection in; whoever owns the connection leaves it at the end. */
  get usage(): TenantUsage | undefined {
    return this.#usage;
  }

  /** After a version 0 handshake the next frame is the SASL message itself, without a head. */
  get expectsBareMessage(): boolean {
    return this.#expectsBareMessage;
  }

  async handle(head: RequestHead, frame: Buffer): Promise<LoginStep> {
    return head.apiKey === API.saslHandshake ? this.#handshake(head, frame) : await this.#authenticateFramed(head, frame);
  }

  async handleBare(message: Buffer): Promise<LoginStep> {
    this.#expectsBareMessage = false;
    return { refusal: await this.#authenticate(message), answer: Buffer.alloc(4) };
  }

  #handshake(head: RequestHead, frame: Buffer): LoginStep {
    const { mechanism } = decodeMessage(saslHandshakeRequest, head.apiVersion, frame, head.bodyStart);
    const errorCode = mechanism === SASL_MECHANISM ? ERROR.NONE : ERROR.UNSUPPORTED_SASL_MECHANISM;
    this.#expectsBareMessage = head.apiVersion === 0 && errorCode === ERROR.NONE;
    const body = newMessage(saslHandshakeResponse, { errorCode, mechanisms: [SASL_MECHANISM] });
    return { refusal: undefined, answer: encodeResponseFrame(head.apiKey, head.apiVersion, head.correlationId, encodeMessage(saslHandshakeResponse, head.apiVersion, body)) };
  }

  async #authenticateFramed(head: RequestHead, frame: Buffer): Promise<LoginStep> {
    const { authBytes } = decodeMessage(saslAuthenticateRequest, head.apiVersion, frame, head.bodyStart);
    const refusal = await this.#authenticate(authBytes);
    const errorCode = refusal === undefined ? ERROR.NONE : ERROR.SASL_AUTHENTICATION_FAILED;
    const body = newMessage(saslAuthenticateResponse, { errorCode, errorMessage: refusal ?? null, sessionLifetimeMs: refusal === undefined ? this.#sessionLifetimeMs() : 0n });
    return { refusal, answer: encodeResponseFrame(head.apiKey, head.apiVersion, head.correlationId, encodeMessage(saslAuthenticateResponse, head.apiVersion, body)) };
  }

  /** How long the client may go on before it must log in again; 0: for ever. */
  #sessionLifetimeMs(): bigint {
    const { token } = this.#session?.account ?? {};
    return token === undefined ? 0n : BigInt(Math.min(LONGEST_SESSION_MS, Math.max(1, token.expiresAtMs - Date.now())));
  }

  /** Why the credentials are not accepted, or undefined when they are. A refusal comes the later the more of them there were. */
  async #authenticate(message: Buffer): Promise<string | undefined> {
    const refusal = await this.#refusalOf(message);
    if (refusal === undefined) return this.#enter();
    this.#node.audit.record({ kind: 'login-refused', user: this.#claimedUser, address: this.#address, details: { reason: refusal } });
    if ((await this.#node.loginFailed(this.#address))) return refusal;
    throw new GwctlError('PROTOCOL', `authentication failed: ${refusal}; too many failures of this address wait to be answered`);
  }

  /** Takes one of the virtual cluster's connections. That there is none is nobody's wrong password, and is said at once. */
  #enter(): string | undefined {
    if (this.#session === undefined) return undefined;
    const { virtualCluster, username: user, token } = this.#session.account;
    const usage = this.#node.usageOf(virtualCluster);
    const refusal = this.#usage === undefined ? usage.enter() : undefined;
    const who = { virtualCluster, user, address: this.#address };
    if (refusal === undefined) {
      this.#node.audit.record({ kind: 'login', ...who, details: { tokenId: token?.id ?? null, again: this.#usage !== undefined } });
      this.#usage = usage;
    } else {
      this.#node.audit.record({ kind: 'connection-refused', ...who, details: { reason: refusal } });
      this.#session = undefined;
    }
    return refusal;
  }

  #surroundingsOf({ virtualCluster }: ServiceAccount): Omit<Surroundings, 'access'> {
    return {
      names: this.#node.namesOf(virtualCluster),
      topics: this.#node.topics,
      clusterId: this.#node.clusterId,
      generation: () => this.#node.generation,
      endpoints: this.#node.endpoints,
      groupProtocols: new Map(),
      disabledGuards: this.#node.disabledGuards,
    };
  }

  async #refusalOf(message: Buffer): Promise<string | undefined> {
    const credentials = readSaslPlain(message);
    this.#claimedUser = credentials?.username;
    if (credentials === undefined) return 'not a SASL/PLAIN message';
    try {
      const account = await this.#node.authenticate(credentials.username, credentials.password);
      const before = this.#session;
      if (before !== undefined && before.account.virtualCluster !== account.virtualCluster) return 'a connection cannot change its virtual cluster';
      if (before !== undefined && before.account.username !== account.username) return 'a connection cannot change its user';
      this.#session = {
        account,
        address: this.#address,
        // What another token of this user may do is for this token to say.
        around: { ...(before?.around ?? this.#surroundingsOf(account)), access: this.#accessOf(account) },
      };
      return undefined;
    } catch (reason) {
      if (reason instanceof TokenRefused) return reason.message;
      throw reason;
    }
  }

  #accessOf(account: ServiceAccount): SessionAccess | undefined {
    const access = this.#node.accessOf(account);
    return access === undefined ? undefined : auditedAccess(access, { virtualCluster: account.virtualCluster, user: account.username, address: this.#address }, this.#node.audit);
  }
}
