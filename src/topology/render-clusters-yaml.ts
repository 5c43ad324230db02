import { stringify } from 'yaml';
import { bootstrapOf } from './lookup.ts';
import type { Topology } from './topology.ts';

/** The clusters.yaml that a gateway of the seed reads: each cluster's bootstrap servers, and which ones wait for a failover. */
export function renderClustersYaml(topology: Topology): string {
  const entries = topology.clusters.map((cluster) => [
    cluster.name,
    { 'bootstrap.servers': bootstrapOf(cluster), ...(cluster.role === 'failover' ? { 'gateway.roles': 'failover' } : {}) },
  ]);
  return stringify({ config: Object.fromEntries(entries) }, { lineWidth: 0 });
}
