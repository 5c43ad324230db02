import { adminBase, adminRequest, type AdminAddress, type AdminResponse } from '../../client/admin-request.ts';
import { clientTls } from '../../config/cluster-access.ts';
import { CATALOG, GwctlError, type ErrorCode } from '../../shared/errors.ts';
import { tlsProblemOf } from '../../shared/tls-problem.ts';
import { timeLimit } from '../../shared/time-limit.ts';
import type { GatewayNode } from '../../topology/topology.ts';

export interface AdminAccount {
  readonly username: string;
  readonly password: string;
}

export interface AdminQuestion<T> {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  readonly limitMs: number;
  readonly signal?: AbortSignal | undefined;
  /** The answer, if it is one; undefined: whoever answers with 2xx is not what is asked. */
  readonly read: (answer: unknown) => T | undefined;
}

/** One question to the admin API of a node. Throws UNAVAILABLE, or CONFIG (with the URL, what was seen, and what to do) when something else is there. */
export type AdminCall = <T>(question: AdminQuestion<T>) => Promise<T>;

const SHOWN_CHARACTERS = 60;

export function openAdminCall(node: GatewayNode, { username, password }: AdminAccount): AdminCall {
  const address: AdminAddress = { host: node.admin.host, port: node.admin.port, tls: clientTls(node.admin.tls) };
  const base = adminBase(address);
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const details = { gateway: node.name, url: base };
  const misplaced = (seen: string): GwctlError =>
    new GwctlError('CONFIG', `gateway ${node.name}: ${base} ${seen}: it is not the admin API of a gateway node`, { hint: `set the address of its admin API in gwctl.yaml: gateways.${node.name}.adminPort, or adminUrl with runtime external`, details });

  return async ({ method, path, body, limitMs, signal, read }) => {
    const deadline = timeLimit(limitMs);
    let response: AdminResponse;
    try {
      response = await adminRequest(address, {
        method,
        path,
        headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]),
      });
    } catch (reason) {
      throw unreachable(reason, node, base, deadline.aborted ? limitMs : undefined);
    }
    const { status, text } = response;
    if (status >= 300 && status < 400) throw misplaced(`answers with a redirect (HTTP ${status}) to ${response.location ?? 'nowhere'}`);
    const answer = parseJson(text);
    if (status >= 200 && status < 300) {
      const value = answer === undefined ? undefined : read(answer);
      if (value === undefined) throw misplaced(`answers ${path.split('?')[0] ?? path} with ${describeAnswer(text)}`);
      return value;
    }
    const { code, message } = readError(answer) ?? { code: 'UNAVAILABLE', message: `HTTP ${status}` };
    if (status === 401) {
      throw new GwctlError('USAGE', `gateway ${node.name} refuses the admin user "${username}": ${message}`, { hint: 'set gateway.admin in gwctl.yaml to the user name and password that the node was started with' });
    }
    if (status === 404 && readError(answer) === undefined) throw misplaced(`does not know ${path.split('?')[0] ?? path} (HTTP 404)`);
    throw new GwctlError(isErrorCode(code) ? code : 'UNAVAILABLE', `gateway ${node.name}: ${message}`, { details: { ...details, status } });
  };
}

/** `lateAfterMs`: the deadline that has passed; undefined: it failed by itself. */
function unreachable(reason: unknown, node: GatewayNode, base: string, lateAfterMs: number | undefined): GwctlError {
  const context = { cause: reason, details: { gateway: node.name, url: base } };
  const problem = lateAfterMs === undefined ? tlsProblemOf(reason) : undefined;
  if (problem !== undefined) {
    return new GwctlError(problem.isOurs ? 'CONFIG' : 'UNAVAILABLE', `gateway ${node.name} cannot be reached at ${base}: ${problem.seen}`, { ...context, hint: problem.todo(`gateways.${node.name}.adminTls.ca`) });
  }
  if (codeOf(reason)?.startsWith('HPE_') === true) {
    return new GwctlError('CONFIG', `gateway ${node.name} cannot be reached at ${base}: what answers there does not speak HTTP`, { ...context, hint: `is it a port for Kafka clients, or one with TLS? gateways.${node.name} in gwctl.yaml says where its admin API is` });
  }
  const why = lateAfterMs === undefined ? causeOf(reason) : `no answer within ${lateAfterMs} ms`;
  return new GwctlError('UNAVAILABLE', `gateway ${node.name} cannot be reached at ${base}: ${why}`, context);
}

function describeAnswer(text: string): string {
  const start = text.trim().replaceAll(/\s+/g, ' ').slice(0, SHOWN_CHARACTERS);
  if (start === '') return 'nothing';
  if (start.startsWith('<')) return `a page of HTML or XML ("${start}…")`;
  return parseJson(text) === undefined ? `something that is not JSON ("${start}…")` : `JSON of another service ("${start}…")`;
}

function readError(answer: unknown): { readonly code: string; readonly message: string } | undefined {
  const error = isObject(answer) ? answer['error'] : undefined;
  if (!isObject(error)) return undefined;
  const { code, message } = error;
  return typeof code === 'string' && typeof message === 'string' ? { code, message } : undefined;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(CATALOG, code);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Of errors of the system; others have numbers there, or nothing. */
function codeOf(reason: unknown): string | undefined {
  const code: unknown = reason instanceof Error && 'code' in reason ? reason.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** The short code where there is one: a name with several addresses fails as a list of errors without a message. */
function causeOf(reason: unknown): string {
  return codeOf(reason) ?? (reason instanceof Error ? reason.message : String(reason));
}
