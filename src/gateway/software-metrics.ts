import { Gauge, type Registry } from 'prom-client';
import type { SoftwareCount } from '../shared/admin-api.ts';
import type { ClientSoftware } from './client-software.ts';
import type { MetricSnapshot } from './metrics.ts';

const NAME = 'software_connections';

/** Registers how many connections are open of each client software: the processes of a node add them up like every other metric. */
export function registerSoftwareMetrics(registry: Registry, connections: Iterable<{ readonly software: ClientSoftware }>, prefix: string): void {
  new Gauge({
    name: prefix + NAME, help: 'Open connections by what the client says of itself', labelNames: ['software', 'version'], registers: [registry],
    collect() {
      this.reset();
      for (const { software } of connections) this.inc({ software: software.name, version: software.version });
    },
  });
}

/** The same, out of the metrics of one process or the sum of several. */
export function readSoftwareCounts(snapshots: readonly MetricSnapshot[]): SoftwareCount[] {
  const metric = snapshots.find(({ name }) => name.endsWith(NAME));
  return (metric?.values ?? []).map(({ labels, value }) => {
    const { software = '', version = '' } = labels as { software?: string; version?: string };
    return { software, version, connections: value };
  });
}
