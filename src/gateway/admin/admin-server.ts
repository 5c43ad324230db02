import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { TlsOptions } from 'node:tls';
import Fastify, { type FastifyInstance } from 'fastify';
import { ADMIN_PATHS, type AdminError, type IssueTokenBody, type RevokeBody, type SwitchOrder } from '../../shared/admin-api.ts';
import { GwctlError } from '../../shared/errors.ts';
import type { Caller, GatewayNode } from '../gateway-node.ts';
import { switchThisNode } from './switch-call.ts';
import { runSwitchVerb } from './switch-verbs.ts';

export interface AdminServerOptions {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  /** Undefined: plain HTTP. */
  readonly tls?: TlsOptions;
}

/** The seed's tokens live this long when nobody says otherwise: 90 days. */
const DEFAULT_LIFE_TIME_SECONDS = 7_776_000;

/** Serves the admin API of a node; resolves once it listens. Throws ENVIRONMENT when the port is taken. */
export async function startAdminServer(node: GatewayNode, options: AdminServerOptions): Promise<FastifyInstance> {
  const { tls } = options;
  const callerOf = ({ ip }: { readonly ip: string }): Caller => ({ user: options.username, address: ip });
  const app = Fastify({ logger: false, bodyLimit: 64 << 10, serverFactory: (handler) => (tls === undefined ? createServer(handler) : createTlsServer(tls, handler)) });

  app.addHook('onRequest', async (request, reply) => {
    if (request.url === ADMIN_PATHS.health || isAuthorized(request.headers.authorization, options)) return;
    await reply.code(401).header('WWW-Authenticate', 'Basic realm="gwctl"').send(failure('UNAUTHORIZED', 'wrong admin user name or password'));
  });
  app.setErrorHandler(async (reason: unknown, _request, reply) => {
    const known = reason instanceof GwctlError ? reason : undefined;
    const statusCode = known === undefined ? ((reason as { statusCode?: number }).statusCode ?? 500) : (STATUS[known.code] ?? 500);
    await reply.code(statusCode).send(failure(known?.code ?? (statusCode < 500 ? 'USAGE' : 'INTERNAL'), reason instanceof Error ? reason.message : String(reason)));
  });
  app.setNotFoundHandler(async (request, reply) => {
    await reply.code(404).send(failure('USAGE', `no such path: ${request.method} ${request.url}`));
  });
  // The seed's switch call has no body but may carry a JSON content type.
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) => {
    try {
      done(null, text === '' ? {} : JSON.parse(text as string));
    } catch {
      done(new GwctlError('USAGE', 'the body is not JSON'));
    }
  });

  app.get(ADMIN_PATHS.health, () => ({ status: 'UP', ...node.state() }));
  app.get(ADMIN_PATHS.state, () => node.state());
  app.get(ADMIN_PATHS.acknowledged, () => node.acknowledged());
  app.get(ADMIN_PATHS.clients, async () => await node.clients());
  app.get(ADMIN_PATHS.metrics, async (_request, reply) => {
    const { text, contentType } = await node.renderMetrics();
    await reply.header('content-type', contentType).send(text);
  });
  app.get(ADMIN_PATHS.virtualClusters, () => ({ virtualClusters: node.virtualClusters() }));

  app.post<{ Params: { vc: string; user: string }; Body: IssueTokenBody | undefined }>('/admin/vclusters/v1/vcluster/:vc/username/:user', async (request) => {
    const lifeTimeSeconds = request.body?.lifeTimeSeconds ?? DEFAULT_LIFE_TIME_SECONDS;
    if (!Number.isSafeInteger(lifeTimeSeconds) || lifeTimeSeconds < 1) throw new GwctlError('USAGE', `lifeTimeSeconds: ${JSON.stringify(lifeTimeSeconds)} is not a positive whole number`);
    if (!USERNAME.test(request.params.user)) throw new GwctlError('USAGE', `"${request.params.user}" is not a user name (letters, digits, ".", "_", "-" and "@", at most 100)`);
    return { token: await node.issueToken(request.params.vc, request.params.user, lifeTimeSeconds, request.body?.isAdmin === true, callerOf(request)) };
  });

  app.post<{ Params: { vc: string }; Body: RevokeBody | undefined }>('/admin/vclusters/v1/vcluster/:vc/revoke', async (request) => {
    const { username, token } = request.body ?? {};
    if ((username === undefined) === (token === undefined)) throw new GwctlError('USAGE', 'the body names either a username or a token');
    if (typeof username === 'string') await node.revokeUser(request.params.vc, username, callerOf(request));
    else if (typeof token === 'string') await node.revokeToken(request.params.vc, token, callerOf(request));
    else throw new GwctlError('USAGE', 'username and token are text');
    return {};
  });

  app.post<{ Params: { from: string }; Querystring: { to?: string } }>('/admin/pclusters/v1/pcluster/:from/switch', async (request) => {
    await switchThisNode(node, request.params.from, request.query.to, callerOf(request));
    return { message: 'Cluster switched' };
  });

  app.post<{ Params: { verb: string }; Body: unknown }>('/admin/gateway/v1/switch/:verb', async (request) => {
    const order = readOrder(request.body);
    const found = await runSwitchVerb(node, request.params.verb, order, callerOf(request));
    return found === undefined ? node.state() : { ...found, state: node.state() };
  });

  try {
    await app.listen({ host: options.host, port: options.port });
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code === 'EADDRINUSE') throw new GwctlError('ENVIRONMENT', `port ${options.port} on ${options.host} is in use`);
    throw reason;
  }
  return app;
}

const USERNAME = /^[A-Za-z0-9._@-]{1,100}$/;
const STATUS: Readonly<Record<string, number>> = { USAGE: 400, CHECK_FAILED: 409, NOT_AS_EXPECTED: 409, LOCKED: 423, UNAVAILABLE: 503 };

function failure(code: string, message: string): AdminError {
  return { error: { code, message } };
}

/** Compared as digests, so that neither the length nor the first wrong byte shows in the time that it takes. */
function isAuthorized(header: string | undefined, { username, password }: AdminServerOptions): boolean {
  const given = header?.startsWith('Basic ') === true ? Buffer.from(header.slice(6), 'base64').toString('utf8') : '';
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(`${username}:${password}`));
}

function readOrder(body: unknown): SwitchOrder {
  const order = (body ?? {}) as Partial<SwitchOrder>;
  if (typeof order.runId !== 'string' || order.runId === '') throw new GwctlError('USAGE', 'runId is missing');
  if (!Number.isSafeInteger(order.generation)) throw new GwctlError('USAGE', 'generation is not a whole number');
  if (typeof order.to !== 'string' || order.to === '') throw new GwctlError('USAGE', 'to is missing');
  if (typeof order.leaseMs !== 'number' || !(order.leaseMs > 0 && order.leaseMs <= 600_000)) throw new GwctlError('USAGE', 'leaseMs is not between 1 and 600000');
  if (order.timeoutMs !== undefined && !(order.timeoutMs > 0 && order.timeoutMs <= 60_000)) throw new GwctlError('USAGE', 'timeoutMs is not between 1 and 60000');
  if (order.loss !== undefined && typeof order.loss?.records !== 'number') throw new GwctlError('USAGE', 'loss.records is not a number');
  for (const key of ['from', 'by'] as const) if (order[key] !== undefined && typeof order[key] !== 'string') throw new GwctlError('USAGE', `${key} is not text`);
  return order as SwitchOrder;
}
