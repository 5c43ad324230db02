/** One rule of a virtual cluster, in Kafka's own numbers (ResourceType, PatternType, AclOperation, AclPermissionType). */
export interface Acl {
  readonly resourceType: number;
  readonly resourceName: string;
  readonly patternType: number;
  readonly principal: string;
  readonly host: string;
  readonly operation: number;
  readonly permissionType: number;
}

export const RESOURCE = { any: 1, topic: 2, group: 3, cluster: 4, transactionalId: 5 } as const;
export const PATTERN = { any: 1, match: 2, literal: 3, prefixed: 4 } as const;
export const OPERATION = { any: 1, all: 2, read: 3, write: 4, create: 5, delete: 6, alter: 7, describe: 8, describeConfigs: 10, alterConfigs: 11 } as const;
export const PERMISSION = { any: 1, deny: 2, allow: 3 } as const;
export const WILDCARD = '*';
/** The one name of the resource type Cluster. */
export const CLUSTER_NAME = 'kafka-cluster';

/** What DescribeAcls and DeleteAcls select by. */
export interface AclFilter {
  readonly resourceTypeFilter: number;
  readonly resourceNameFilter: string | null;
  readonly patternTypeFilter: number;
  readonly principalFilter: string | null;
  readonly hostFilter: string | null;
  readonly operation: number;
  readonly permissionType: number;
}

/** Whether the pattern of a rule covers that resource. */
export function covers({ resourceType, resourceName, patternType }: Acl, type: number, name: string): boolean {
  if (resourceType !== type) return false;
  if (patternType === PATTERN.prefixed) return name.startsWith(resourceName);
  return resourceName === name || resourceName === WILDCARD;
}

/** Whether a filter selects a rule. The pattern type `match` selects every rule that covers the name. */
export function selects(filter: AclFilter, acl: Acl): boolean {
  if (filter.resourceTypeFilter !== RESOURCE.any && filter.resourceTypeFilter !== acl.resourceType) return false;
  if (filter.principalFilter !== null && filter.principalFilter !== acl.principal) return false;
  if (filter.hostFilter !== null && filter.hostFilter !== acl.host) return false;
  if (filter.operation !== OPERATION.any && filter.operation !== acl.operation) return false;
  if (filter.permissionType !== PERMISSION.any && filter.permissionType !== acl.permissionType) return false;
  const { resourceNameFilter: name, patternTypeFilter: pattern } = filter;
  if (pattern === PATTERN.match) return name === null || covers(acl, acl.resourceType, name);
  if (pattern !== PATTERN.any && pattern !== acl.patternType) return false;
  return name === null || name === acl.resourceName;
}

export function isSameAcl(left: Acl, right: Acl): boolean {
  return (['resourceType', 'resourceName', 'patternType', 'principal', 'host', 'operation', 'permissionType'] as const).every((key) => left[key] === right[key]);
}
