import type { ServiceAccount } from '../login/tokens.ts';
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
    if (key.length <= LONGEST_DECIDED) decided.set(key, isAllowed);
    return isAllowed;
  };
}

/** Names come from clients: what is remembered about them is bounded. */
const MAX_DECIDED = 10_000;
const LONGEST_DECIDED = 300;

/** The access of a user, computed again when `read` gives other ACLs than before. */
export function userAccess(account: ServiceAccount, read: () => readonly Acl[] | undefined): UserAccess {
  return new FollowedAccess(account, read);
}

/** A class, because each connection has one: an object with getters of its own costs a kilobyte more. */
class FollowedAccess implements UserAccess {
  readonly #account: ServiceAccount;
  readonly #read: () => readonly Acl[] | undefined;
  #basis: readonly Acl[] | undefined;
  #can: Can | undefined;

  constructor(account: ServiceAccount, read: () => readonly Acl[] | undefined) {
    this.#account = account;
    this.#read = read;
  }

  get can(): Can | undefined {
    const acls = this.#read();
    if (acls === this.#basis) return this.#can;
    this.#basis = acls;
    this.#can = acls === undefined || acls.length === 0 || this.#account.isAdmin === true ? undefined : canOf(acls, this.#account.username);
    return this.#can;
  }

  get basis(): object | undefined {
    void this.can;
    return this.#basis;
  }

  get mayEditAcls(): boolean {
    return this.#mayOnCluster(OPERATION.alter);
  }

  get maySeeAcls(): boolean {
    return this.#mayOnCluster(OPERATION.describe);
  }

  #mayOnCluster(operation: number): boolean {
    return this.#account.isAdmin === true || this.can?.(operation, RESOURCE.cluster, CLUSTER_NAME) === true;
  }
}
