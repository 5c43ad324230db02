import { Counter, Gauge, type Registry } from 'prom-client';
import type { TenantUsage } from './tenant-usage.ts';

/** Registers what each virtual cluster uses of the node; read each time that the metrics are asked for. */
export function registerTenantMetrics(registry: Registry, usages: () => Iterable<TenantUsage>, prefix: string): void {
  const labelNames = ['virtual_cluster'];
  const registers = [registry];
  const gauge = (name: string, help: string, read: (usage: TenantUsage) => number): void => {
    new Gauge({
      name: `${prefix}tenant_${name}`, help, labelNames, registers,
      collect() {
        for (const usage of usages()) this.set({ virtual_cluster: usage.virtualCluster }, read(usage));
      },
    });
  };
  const counter = (name: string, help: string, read: (usage: TenantUsage) => number): void => {
    new Counter({
      name: `${prefix}tenant_${name}`, help, labelNames, registers,
      collect() {
        this.reset();
        for (const usage of usages()) this.inc({ virtual_cluster: usage.virtualCluster }, read(usage));
      },
    });
  };
  gauge('connections', 'Open connections of a virtual cluster', ({ connections }) => connections);
  gauge('bytes_in_flight', 'Bytes of its requests without answer, and of answers that its clients have not taken', ({ bytes }) => bytes.used);
  gauge('waiting_requests', 'Requests that are not read because too many bytes are in flight', ({ bytes }) => bytes.waiting);
  counter('refused_connections_total', 'Logins that were refused because there are too many connections', ({ refusedConnections }) => refusedConnections);
  counter('throttled_requests_total', 'Requests above the rate of the virtual cluster', ({ throttledRequests }) => throttledRequests);
}
