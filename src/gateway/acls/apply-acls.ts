import { ERROR } from '../../wire/error-codes.ts';
import { fetchResponse } from '../../wire/generated/fetch.ts';
import { newMessage } from '../../wire/new-message.ts';
import type { ApiDefinition } from '../../wire/schema.ts';
import { API } from '../api-table.ts';
import type { Soon } from '../bytes/soon.ts';
import type { UserAccess } from './access.ts';
import { answerAclApi, isAclApi, type AclBook } from './acl-apis.ts';
import { enforce, FORWARD, type Enforcement } from './enforce.ts';

type Body = Record<string, unknown>;

/** What one connection may do. */
export interface SessionAccess {
  readonly user: UserAccess;
  readonly book: AclBook;
  /** The ACLs by which its fetch session was allowed. */
  fetchBasis?: object | undefined;
  /** Told of each request of which something was denied, with the first thing that was; undefined: the API as a whole. */
  readonly denied?: (api: string, refusal: Refusal | undefined) => void;
}

export interface Refusal {
  readonly operation: number;
  readonly resourceType: number;
  readonly name: string;
}

/** Applies the ACLs to a decoded request in the client's own names; answers the ACL requests themselves. */
export function applyAcls(api: ApiDefinition, request: Body, access: SessionAccess | undefined): Soon<Enforcement> {
  return isAclApi(api.key) ? editAcls(api, request, access) : enforceAcls(api, request, access);
}

async function editAcls(api: ApiDefinition, request: Body, access: SessionAccess | undefined): Promise<Enforcement> {
  if (access === undefined) return { kind: 'answer', body: await answerAclApi(api.key, request, undefined, NO_BOOK) };
  if (!(api.key === API.describeAcls ? access.user.maySeeAcls : access.user.mayEditAcls)) access.denied?.(api.name, undefined);
  return { kind: 'answer', body: await answerAclApi(api.key, request, access.user, access.book) };
}

function enforceAcls(api: ApiDefinition, request: Body, access: SessionAccess | undefined): Enforcement {
  if (access === undefined) return FORWARD;
  const { can, basis } = access.user;
  if (api.key === API.fetch) {
    // A session's later fetches do not name their topics again. After a change of the ACLs the client names them all once more.
    const isStale = request['sessionId'] !== 0 && access.fetchBasis !== basis;
    access.fetchBasis = basis;
    if (isStale) return { kind: 'answer', body: { ...newMessage(fetchResponse, { errorCode: ERROR.FETCH_SESSION_ID_NOT_FOUND }) } };
  }
  if (can === undefined) return FORWARD;
  let refusal: Refusal | undefined;
  const verdict = enforce(api.key, request, (operation, resourceType, name) => {
    const isAllowed = can(operation, resourceType, name);
    if (!isAllowed) refusal ??= { operation, resourceType, name };
    return isAllowed;
  });
  if (verdict.kind === 'answer' || verdict.extra !== undefined) access.denied?.(api.name, refusal);
  return verdict;
}

/** Carries out on an answer what was decided about its request. */
export function completeAnswer({ extra, filter }: Extract<Enforcement, { kind: 'forward' }>, answer: Body): void {
  filter?.(answer);
  for (const [key, entries] of Object.entries(extra ?? {})) answer[key] = [...((answer[key] ?? []) as unknown[]), ...(entries as unknown[])];
}

const NO_BOOK: AclBook = { acls: [], update: async () => {} };
