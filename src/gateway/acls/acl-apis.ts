import { ERROR } from '../../wire/error-codes.ts';
import { createAclsResponse, type CreateAclsRequest } from '../../wire/generated/create-acls.ts';
import { deleteAclsResponse, type DeleteAclsRequest } from '../../wire/generated/delete-acls.ts';
import { describeAclsResponse, type DescribeAclsRequest } from '../../wire/generated/describe-acls.ts';
import { newMessage } from '../../wire/new-message.ts';
import { API } from '../api-table.ts';
import type { UserAccess } from './access.ts';
import { CLUSTER_NAME, isSameAcl, OPERATION, PATTERN, PERMISSION, RESOURCE, selects, WILDCARD, type Acl } from './acl.ts';

type Body = Record<string, unknown>;

/** The ACLs of one virtual cluster. */
export interface AclBook {
  readonly acls: readonly Acl[];
  /** Changes them; `change` may be called more than once, when another node changes them, too. */
  update(change: (acls: readonly Acl[]) => readonly Acl[]): Promise<void>;
}

/** All of them are read for each decision that is new, and stand in one record. */
export const MAX_ACLS = 2000;

const ACL_APIS: ReadonlySet<number> = new Set([API.describeAcls, API.createAcls, API.deleteAcls]);

/** Whether the gateway itself answers: a virtual cluster's ACLs are its own, and no broker's. */
export function isAclApi(key: number): boolean {
  return ACL_APIS.has(key);
}

/** The answer to DescribeAcls, CreateAcls or DeleteAcls of that user. */
export async function answerAclApi(key: number, request: Body, access: UserAccess | undefined, book: AclBook): Promise<Body> {
  switch (key) {
    case API.describeAcls:
      return { ...describe(request as unknown as DescribeAclsRequest, access, book) };
    case API.createAcls:
      return { ...(await create(request as unknown as CreateAclsRequest, access, book)) };
    default:
      return { ...(await remove(request as unknown as DeleteAclsRequest, access, book)) };
  }
}

const REFUSED = { errorCode: ERROR.CLUSTER_AUTHORIZATION_FAILED, errorMessage: 'only an administrator of the virtual cluster, or who is allowed Alter on its cluster, edits ACLs' };

function describe(request: DescribeAclsRequest, access: UserAccess | undefined, { acls }: AclBook): object {
  if (access?.maySeeAcls !== true) return newMessage(describeAclsResponse, { ...REFUSED, errorMessage: 'only an administrator of the virtual cluster, or who is allowed Describe on its cluster, sees ACLs' });
  const byResource = new Map<string, Acl[]>();
  for (const acl of acls.filter((candidate) => selects(request, candidate))) {
    const key = `${acl.resourceType} ${acl.patternType} ${acl.resourceName}`;
    byResource.set(key, [...(byResource.get(key) ?? []), acl]);
  }
  const resources = [...byResource.values()].flatMap((own) => {
    const [first] = own;
    return first === undefined ? [] : [{ resourceType: first.resourceType, resourceName: first.resourceName, patternType: first.patternType, acls: own.map(({ principal, host, operation, permissionType }) => ({ principal, host, operation, permissionType })) }];
  });
  return newMessage(describeAclsResponse, { resources });
}

async function create({ creations }: CreateAclsRequest, access: UserAccess | undefined, book: AclBook): Promise<object> {
  if (access?.mayEditAcls !== true) return newMessage(createAclsResponse, { results: creations.map(() => REFUSED) });
  const wanted = creations.map(({ resourcePatternType, resourceType, resourceName, principal, host, operation, permissionType }): Acl => ({ resourceType, resourceName, patternType: resourcePatternType, principal, host, operation, permissionType }));
  const results = wanted.map((acl) => {
    const problem = problemOf(acl);
    return problem === undefined ? { errorCode: ERROR.NONE as number, errorMessage: null as string | null } : { errorCode: ERROR.INVALID_REQUEST as number, errorMessage: problem };
  });
  const good = wanted.filter((_, index) => results[index]?.errorCode === ERROR.NONE);
  let isFull = false;
  if (good.length > 0) {
    await book.update((acls) => {
      const added = good.filter((acl, index) => !acls.some((other) => isSameAcl(acl, other)) && good.findIndex((other) => isSameAcl(acl, other)) === index);
      isFull = acls.length + added.length > MAX_ACLS;
      return isFull ? acls : [...acls, ...added];
    });
  }
  const full = { errorCode: ERROR.INVALID_REQUEST, errorMessage: `a virtual cluster has at most ${MAX_ACLS} ACLs` };
  return newMessage(createAclsResponse, { results: results.map((result) => (isFull && result.errorCode === ERROR.NONE ? full : result)) });
}

async function remove({ filters }: DeleteAclsRequest, access: UserAccess | undefined, book: AclBook): Promise<object> {
  if (access?.mayEditAcls !== true) return newMessage(deleteAclsResponse, { filterResults: filters.map(() => REFUSED) });
  let removed: readonly Acl[] = [];
  await book.update((acls) => {
    removed = acls.filter((acl) => filters.some((filter) => selects(filter, acl)));
    return removed.length === 0 ? acls : acls.filter((acl) => !removed.includes(acl));
  });
  const filterResults = filters.map((filter) => ({ matchingAcls: removed.filter((acl) => selects(filter, acl)).map((acl) => ({ ...acl })) }));
  return newMessage(deleteAclsResponse, { filterResults });
}

const RESOURCE_TYPES: readonly number[] = [RESOURCE.topic, RESOURCE.group, RESOURCE.cluster, RESOURCE.transactionalId];

/** Why such a rule cannot be. */
function problemOf({ resourceType, resourceName, patternType, principal, host, operation, permissionType }: Acl): string | undefined {
  if (!RESOURCE_TYPES.includes(resourceType)) return 'a virtual cluster has ACLs of topics, groups, transactional ids and its cluster';
  if (resourceName === '') return 'the resource has no name';
  if (resourceType === RESOURCE.cluster && (resourceName !== CLUSTER_NAME || patternType !== PATTERN.literal)) return `the cluster resource is called "${CLUSTER_NAME}"`;
  if (patternType !== PATTERN.literal && patternType !== PATTERN.prefixed) return 'the pattern is neither literal nor prefixed';
  if (!/^User:.+$/s.test(principal)) return `"${principal}" is not a principal of the form User:name`;
  // Behind a load balancer every client has the same address: a rule for one would promise what it cannot keep.
  if (host !== WILDCARD) return `ACLs by host are not supported (host "${host}", allowed: "${WILDCARD}")`;
  if (operation <= OPERATION.any) return 'the operation is not one that can be allowed';
  if (permissionType !== PERMISSION.allow && permissionType !== PERMISSION.deny) return 'the permission is neither allow nor deny';
  return undefined;
}
