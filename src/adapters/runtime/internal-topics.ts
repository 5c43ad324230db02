import type { KafkaClient } from '../../client/kafka-client.ts';
import type { NewTopic } from '../../client/administer-topics.ts';
import { GwctlError } from '../../shared/errors.ts';
import type { Cluster } from '../../topology/topology.ts';
import { ERROR } from '../../wire/error-codes.ts';

/**
 * Topics that gateways and gwctl rely on. All are made on both clusters before anything is replicated, so nobody waits for MirrorMaker to
 * make them, and `heartbeats` is there when MirrorMaker lists topics for the first time.
 */
export function internalTopicsOf(cluster: Cluster): readonly NewTopic[] {
  const inSync = cluster.brokers.length >= 3 ? '2' : '1';
  const one = { partitions: 1, replicationFactor: -1 };
  return [
    { ...one, name: '_topicMappings', configs: { 'cleanup.policy': 'compact' } },
    { ...one, name: '_virtualClusters', configs: { 'cleanup.policy': 'compact' } },
    { ...one, name: '_acls', configs: { 'cleanup.policy': 'compact' } },
    { ...one, name: '_auditLogs', configs: { 'cleanup.policy': 'delete' } },
    // The first record of a generation decides it, so none may ever go: not compacted, no retention.
    { ...one, name: '_gatewayState', configs: { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '-1', 'min.insync.replicas': inSync } },
    { ...one, name: 'heartbeats', configs: { 'cleanup.policy': 'compact' } },
  ];
}

/** Creates those of them that the cluster does not have. */
export async function ensureInternalTopics(cluster: Cluster, client: KafkaClient, signal: AbortSignal): Promise<void> {
  const results = await client.createTopics(internalTopicsOf(cluster), { timeoutMs: 30_000, signal });
  const refused = results.filter(({ errorCode }) => errorCode !== ERROR.NONE && errorCode !== ERROR.TOPIC_ALREADY_EXISTS);
  if (refused.length === 0) return;
  const list = refused.map(({ name, errorCode, errorMessage }) => `${name}: ${errorMessage ?? `error ${errorCode}`}`).join(', ');
  throw new GwctlError('UNAVAILABLE', `cluster ${cluster.name} refused internal topics: ${list}`);
}
