import type { TenantNames } from '../tenants/tenant-names.ts';

/** Resource types of configurations (ConfigResource.Type). */
export const CONFIG_RESOURCE = { topic: 2, broker: 4, clientMetrics: 16, group: 32 } as const;

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
