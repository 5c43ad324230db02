import type { TenantNames } from '../tenant-names.ts';

/** Resource types of configurations (ConfigResource.Type). */
export const CONFIG_RESOURCE = { topic: 2, broker: 4, clientMetrics: 16, group: 32 } as const;

/** Resource and pattern types of ACLs (ResourceType, PatternType). */
const ACL_RESOURCE = { any: 1, topic: 2, group: 3, cluster: 4, transactionalId: 5 } as const;
const PATTERN = { any: 1, match: 2, literal: 3, prefixed: 4 } as const;
const WILDCARD = '*';

/** A tenant reads and changes the configuration of its topics and groups; of brokers it reads what concerns clients. */
export function configNameToPhysical(type: number, name: string, names: TenantNames): string | undefined {
  if (type === CONFIG_RESOURCE.topic) return names.topicToPhysical(name);
  if (type === CONFIG_RESOURCE.group) return names.groupToPhysical(name);
  return undefined;
}

export function configNameToVirtual(type: number, name: string, names: TenantNames): string | undefined {
  if (type === CONFIG_RESOURCE.topic) return names.topicToVirtual(name);
  if (type === CONFIG_RESOURCE.group) return names.groupToVirtual(name);
  return type === CONFIG_RESOURCE.broker ? name : undefined;
}

/** Broker settings that tell a client what it may do, and nothing of where the broker is. */
const VISIBLE_BROKER_CONFIG =
  /^(message\.max\.bytes|replica\.fetch\.max\.bytes|auto\.create\.topics\.enable|delete\.topic\.enable|num\.partitions|default\.replication\.factor|min\.insync\.replicas|compression\.type|log\.(retention|segment|cleanup|message)\..*|offsets\.retention\.minutes|group\..*session\.timeout\.ms|transaction\.max\.timeout\.ms)$/;

export function isVisibleBrokerConfig(name: string): boolean {
  return VISIBLE_BROKER_CONFIG.test(name);
}

export interface AclPattern {
  readonly type: number;
  readonly name: string;
  readonly pattern: number;
}

/** The pattern that an ACL of this tenant has on the cluster; `*` becomes "everything with the tenant's prefix". undefined: not a tenant's to give. */
export function aclToPhysical({ type, name, pattern }: AclPattern, names: TenantNames): AclPattern | undefined {
  if (type !== ACL_RESOURCE.topic && type !== ACL_RESOURCE.group && type !== ACL_RESOURCE.transactionalId) return undefined;
  if (pattern === PATTERN.literal && name === WILDCARD) return { type, name: names.virtualCluster, pattern: PATTERN.prefixed };
  if (pattern === PATTERN.prefixed) return { type, name: names.virtualCluster + name, pattern };
  return { type, name: type === ACL_RESOURCE.topic ? names.topicToPhysical(name) : names.virtualCluster + name, pattern };
}

/** The way back; undefined: another tenant's, or not a tenant's at all. */
export function aclToVirtual({ type, name, pattern }: AclPattern, names: TenantNames): AclPattern | undefined {
  if (type !== ACL_RESOURCE.topic && type !== ACL_RESOURCE.group && type !== ACL_RESOURCE.transactionalId) return undefined;
  if (pattern === PATTERN.prefixed) {
    if (!name.startsWith(names.virtualCluster)) return undefined;
    const rest = name.slice(names.virtualCluster.length);
    return rest === '' ? { type, name: WILDCARD, pattern: PATTERN.literal } : { type, name: rest, pattern };
  }
  const virtual = type === ACL_RESOURCE.topic ? names.topicToVirtual(name) : names.groupToVirtual(name);
  return virtual === undefined ? undefined : { type, name: virtual, pattern };
}

/** A filter with a name narrows to the tenant's name; one without is answered in full and filtered on the way back. */
export function aclFilterToPhysical(type: number, name: string | null, pattern: number, names: TenantNames): { name: string | null; pattern: number } {
  if (name === null) return { name, pattern };
  if (name === WILDCARD && pattern === PATTERN.literal) return { name: names.virtualCluster, pattern: PATTERN.prefixed };
  const physical = type === ACL_RESOURCE.topic && pattern !== PATTERN.prefixed ? names.topicToPhysical(name) : names.virtualCluster + name;
  return { name: physical, pattern };
}
