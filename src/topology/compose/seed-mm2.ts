import { bootstrapOf } from '../lookup.ts';
import { renderProperties } from '../render-properties.ts';
import type { Topology } from '../topology.ts';

/** The walk-through's mm2.properties: clusters are called A, B, …, one copy of each topic, and no exactly-once. */
export function renderSeedMm2({ clusters, links }: Pick<Topology, 'clusters' | 'links'>): string {
  const aliases = new Map(clusters.map(({ name }, index) => [name, String.fromCharCode('A'.charCodeAt(0) + index)]));
  const alias = (name: string) => aliases.get(name) ?? name;
  const one = ['replication.factor', ...['checkpoints', 'heartbeats', 'offset-syncs'].map((what) => `${what}.topic.replication.factor`), ...['offset', 'status', 'config'].map((what) => `${what}.storage.replication.factor`)];
  return renderProperties({
    clusters: [...aliases.values()].join(', '),
    ...Object.fromEntries(clusters.map((cluster) => [`${alias(cluster.name)}.bootstrap.servers`, bootstrapOf(cluster)])),
    ...Object.assign(
      {},
      ...links.map(({ from, to, topics, groups }) => {
        const link = `${alias(from)}->${alias(to)}`;
        return { [`${link}.enabled`]: 'true', [`${link}.topics`]: topics, [`${link}.groups`]: groups, [`${alias(from)}.consumer.auto.offset.reset`]: 'earliest' };
      }),
    ),
    'replication.policy.class': 'org.apache.kafka.connect.mirror.IdentityReplicationPolicy',
    'refresh.topics.interval.seconds': '10',
    'sync.group.offsets.enabled': 'true',
    'refresh.groups.interval.seconds': '10',
    ...Object.fromEntries(one.map((key) => [key, '1'])),
  });
}
