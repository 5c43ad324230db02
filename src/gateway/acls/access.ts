import type { ServiceAccount } from '../tokens.ts';
import { CLUSTER_NAME, covers, OPERATION, PERMISSION, RESOURCE, type Acl } from './acl.ts';

/** Whether a user may do that to a resource of its virtual cluster. */
export type Can = (operation: number, resourceType: number, name: string) => boolean;

/** What one user may, as the ACLs stand at the moment. */
export interface UserAccess {
  /** Undefined: everything, because the virtual cluster has no ACL, or the user is its administrator. */
  readonly can: Can | undefined;
  /** Another object each time that the ACLs change. */
  readonly basis: object | undefined;
  readonly mayEditAcls: boolean;
  readonly maySeeAcls: boolean;
}

/** To be allowed one of these is to be allowed the other; Kafka's own rule. */
const IMPLIED_BY: Readonly<Record<number, readonly number[]>> = {
  [OPERATION.describe]: [OPERATION.read, OPERATION.write, OPERATION.delete, OPERATION.alter],
  [OPERATION.describeConfigs]: [OPERATION.alterConfigs],
};

/** A deny wins over every allow, and what none allows is denied. */
export function canOf(acls: readonly Acl[], username: string): Can {
  const own = acls.filter(({ principal }) => principal === `User:${username}` || principal === 'User:*');
  const decided = new Map<string, boolean>();
  return (operation, resourceType, name) => {
    const key = `${operation} ${resourceType} ${name}`;
    const known = decided.get(key);
    if (known !== undefined) return known;
    const relevant = own.filter((acl) => covers(acl, resourceType, name));
    const has = (permission: number, operations: readonly number[]): boolean =>
      relevant.some((acl) => acl.permissionType === permission && (acl.operation === OPERATION.all || operations.includes(acl.operation)));
    const isAllowed = !has(PERMISSION.deny, [operation]) && has(PERMISSION.allow, [operation, ...(IMPLIED_BY[operation] ?? [])]);
    if (decided.size >= MAX_DECIDED) decided.clear();
    decided.set(key, isAllowed);
    return isAllowed;
  };
}

/** Names come from clients: what is remembered about them is bounded. */
const MAX_DECIDED = 10_000;

/** The access of a user, computed again when `read` gives other ACLs than before. */
export function userAccess(account: ServiceAccount, read: () => readonly Acl[] | undefined): UserAccess {
  let basis: readonly Acl[] | undefined;
  let can: Can | undefined;
  const refresh = (): Can | undefined => {
    const acls = read();
    if (acls === basis) return can;
    basis = acls;
    can = acls === undefined || acls.length === 0 || account.isAdmin === true ? undefined : canOf(acls, account.username);
    return can;
  };
  const mayOnCluster = (operation: number): boolean => account.isAdmin === true || refresh()?.(operation, RESOURCE.cluster, CLUSTER_NAME) === true;
  return {
    get can() {
      return refresh();
    },
    get basis() {
      refresh();
      return basis;
    },
    get mayEditAcls() {
      return mayOnCluster(OPERATION.alter);
    },
    get maySeeAcls() {
      return mayOnCluster(OPERATION.describe);
    },
  };
}
