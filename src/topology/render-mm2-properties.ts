import { GwctlError } from '../shared/errors.ts';
import { bootstrapOf } from './lookup.ts';
import { renderProperties } from './render-properties.ts';
import type { Cluster, MirrorLink, Topology } from './topology.ts';

/** Topics that MirrorMaker must never copy, beside its own: `_gatewayState` is each cluster's own log of decisions. */
const EXCLUDED_TOPICS = ['.*[\\-\\.]internal', '.*\\.replica', '__.*', '_gatewayState'];

/**
 * The configuration of a dedicated MirrorMaker 2 for these links: exactly-once, so that the position stands in the same transaction as
 * the records (hazards D9, H11), and offset syncs on the target, so that they can be read when the source is dead.
 */
export function renderMm2Properties(topology: Pick<Topology, 'clusters' | 'links'>, links: readonly MirrorLink[] = topology.links): string {
  assertOneDirection(links);
  const names = [...new Set(links.flatMap(({ from, to }) => [from, to]))];
  const clusters = names.map((name) => clusterOf(topology, name));
  return renderProperties({
    clusters: names.join(','),
    ...Object.fromEntries(clusters.map((cluster) => [`${cluster.name}.bootstrap.servers`, bootstrapOf(cluster)])),
    'replication.policy.class': 'org.apache.kafka.connect.mirror.IdentityReplicationPolicy',
    // The default scans every jar by reflection, once for each herder: 9 s.
    'plugin.discovery': 'service_load',
    ...Object.assign({}, ...clusters.map((cluster) => workerProperties(cluster, links.some(({ to }) => to === cluster.name)))),
    ...Object.assign({}, ...links.map((link) => linkProperties(link, copiesOn(clusterOf(topology, link.from)), copiesOn(clusterOf(topology, link.to))))),
  });
}

/** One herder runs for each cluster that something is written to; its settings carry that cluster's name. */
function workerProperties(cluster: Cluster, isTarget: boolean): Record<string, string> {
  const copies = copiesOn(cluster);
  return prefixed(cluster.name, {
    'plugin.discovery': 'service_load',
    // The other herder only emits heartbeats, which need no transactions.
    'exactly.once.source.support': isTarget ? 'enabled' : 'disabled',
    'offset.flush.interval.ms': '1000',
    // Kafka 4's default looks for a new bootstrap in a busy loop while no broker answers.
    'metadata.recovery.strategy': 'none',
    'scheduled.rebalance.max.delay.ms': '0',
    // A successor waits this long for the membership of a MirrorMaker that was killed.
    'session.timeout.ms': '4000',
    'heartbeat.interval.ms': '1000',
    'task.shutdown.graceful.timeout.ms': '2000',
    'offset.storage.replication.factor': `${copies}`,
    'offset.storage.partitions': '1',
    'status.storage.replication.factor': `${copies}`,
    'status.storage.partitions': '1',
    'config.storage.replication.factor': `${copies}`,
  });
}

function linkProperties({ from, to, topics, groups }: MirrorLink, copiesOnSource: number, copies: number): Record<string, string> {
  const flow = {
    enabled: 'true',
    topics,
    groups,
    'topics.exclude': EXCLUDED_TOPICS.join(','),
    'replication.factor': `${copies}`,
    'checkpoints.topic.replication.factor': `${copies}`,
    'offset-syncs.topic.replication.factor': `${copies}`,
    'offset-syncs.topic.location': 'target',
    'consumer.isolation.level': 'read_committed',
    'consumer.auto.offset.reset': 'earliest',
    'refresh.topics.interval.seconds': '2',
    'refresh.groups.interval.seconds': '2',
    'sync.topic.configs.interval.seconds': '10',
    'sync.group.offsets.enabled': 'true',
    'sync.group.offsets.interval.seconds': '1',
    'emit.checkpoints.interval.seconds': '1',
    // Heartbeats are emitted *into* the source by the other herder (below); these here would only make transactions.
    'emit.heartbeats.enabled': 'false',
    // Its connector makes their topic all the same, and fails where the default of 3 is more than there are brokers.
    'heartbeats.topic.replication.factor': `${copies}`,
    // One task is one transactional id to fence at a switch.
    'tasks.max': '1',
  };
  return {
    ...prefixed(`${from}->${to}`, flow),
    ...prefixed(`${to}->${from}`, {
      enabled: 'false',
      'emit.heartbeats.enabled': 'true',
      'emit.heartbeats.interval.seconds': '1',
      'heartbeats.topic.replication.factor': `${copiesOnSource}`,
    }),
  };
}

function clusterOf({ clusters }: Pick<Topology, 'clusters'>, name: string): Cluster {
  const cluster = clusters.find((candidate) => candidate.name === name);
  if (cluster === undefined) throw new GwctlError('CONFIG', `a mirror link names cluster ${name} (there are ${clusters.map((each) => each.name).join(', ')})`);
  return cluster;
}

function copiesOn(cluster: Cluster): number {
  return Math.min(3, cluster.brokers.length);
}

function prefixed(prefix: string, settings: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [`${prefix}.${key}`, value]));
}

/** With names kept, two directions copy each record for ever (hazard H11). */
function assertOneDirection(links: readonly MirrorLink[]): void {
  for (const { from, to } of links) {
    if (!links.some((other) => other.from === to && other.to === from)) continue;
    throw new GwctlError('CONFIG', `links ${from}->${to} and ${to}->${from} would copy each record for ever (allowed: one direction)`, { hint: `remove one of the two links` });
  }
}
