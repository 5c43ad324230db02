import { STATE_TOPIC, STATE_TOPIC_CONFIGS } from '../../arbiter/state-log.ts';
import type { KafkaClient } from '../../client/kafka-client.ts';
import type { NewTopic } from '../../client/administer-topics.ts';
import { CANARY_TOPIC_CONFIGS, PHYSICAL_CANARY_TOPIC } from '../../shared/canary.ts';
import { GwctlError } from '../../shared/errors.ts';
import type { Cluster, MirrorLink } from '../../topology/topology.ts';
import { ERROR } from '../../wire/error-codes.ts';
import { heartbeatTopic } from './await-ready.ts';

/**
 * Topics that gateways, gwctl and MirrorMaker rely on. All are made on both clusters before anything is replicated: nobody waits for
 * MirrorMaker to make the gateways' ones, and Connect makes its own badly. It asks for their ends at once, and when the broker that it
 * asks does not know the new topic yet, it waits 10 s (seen in one start of ten).
 */
export function internalTopicsOf(cluster: Cluster, links: readonly MirrorLink[]): readonly NewTopic[] {
  const inSync = cluster.brokers.length >= 3 ? '2' : '1';
  return [
    compacted('_topicMappings'),
    compacted('_virtualClusters'),
    compacted('_acls'),
    // 90 days: as long as a token lives when nobody says otherwise.
    { ...ONE, name: '_auditLogs', configs: { 'cleanup.policy': 'delete', 'retention.ms': '7776000000' } },
    // Made here so that the first proof needs no topic to be created, neither by a gateway nor by MirrorMaker.
    { ...ONE, name: PHYSICAL_CANARY_TOPIC, configs: CANARY_TOPIC_CONFIGS },
    { ...ONE, name: STATE_TOPIC, configs: { ...STATE_TOPIC_CONFIGS, 'min.insync.replicas': inSync } },
    ...links.flatMap(({ from, to }) => {
      if (cluster.name === to) return [...herderTopics(from), ...[`mm2-offset-syncs.${from}.internal`, `${from}.checkpoints.internal`, heartbeatTopic({ from })].map(compacted)];
      return cluster.name === from ? [...herderTopics(to), compacted('heartbeats')] : [];
    }),
  ];
}

/** Creates those of them that the cluster does not have. */
export async function ensureInternalTopics(cluster: Cluster, links: readonly MirrorLink[], client: KafkaClient, signal: AbortSignal): Promise<void> {
  const topics = internalTopicsOf(cluster, links);
  const results = await client.createTopics(topics, { timeoutMs: 30_000, signal });
  const refused = results.filter(({ errorCode }) => errorCode !== ERROR.NONE && errorCode !== ERROR.TOPIC_ALREADY_EXISTS);
  if (refused.length === 0) return;
  const list = refused.map(({ name, errorCode, errorMessage }) => `${name}: ${errorMessage ?? `error ${errorCode}`}`).join(', ');
  throw new GwctlError('UNAVAILABLE', `cluster ${cluster.name} refused internal topics: ${list}`);
}

const ONE = { partitions: 1, replicationFactor: -1 } as const;

function compacted(name: string): NewTopic {
  return { ...ONE, name, configs: { 'cleanup.policy': 'compact' } };
}

/** What the herder that reads from `source` keeps on the cluster that it writes to. */
function herderTopics(source: string): readonly NewTopic[] {
  return ['offsets', 'status', 'configs'].map((what) => compacted(`mm2-${what}.${source}.internal`));
}
