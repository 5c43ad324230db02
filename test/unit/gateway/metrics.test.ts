import { expect, test } from 'vitest';
import { registerTenantMetrics } from '../../../src/gateway/limits/tenant-metrics.ts';
import { NodeLimits } from '../../../src/gateway/limits/tenant-usage.ts';
import { createMetrics } from '../../../src/gateway/metrics.ts';
import { nodeState } from '../../support/observation.ts';

test('a node shows what it serves, how busy it is, and how long answers take', async () => {
  let bytes = 100;
  const metrics = createMetrics({
    state: () => nodeState('gateway1', { generation: 3, active: 'failover', phase: 'paused', connections: 2, heldWrites: 5, inFlightWrites: 1 }),
    clientBytes: () => ({ received: bytes, sent: 7 }),
    clusters: ['main', 'failover'],
  });
  metrics.answered(0, 3);
  metrics.answered(0, 30);
  metrics.answered(3, 1);
  metrics.refused('protocol');
  await metrics.render();
  bytes = 150;
  const { text, contentType } = await metrics.render();
  expect(contentType).toContain('text/plain');
  for (const line of [
    'gwctl_gateway_generation 3',
    'gwctl_gateway_serving 0',
    'gwctl_gateway_connections 2',
    'gwctl_gateway_held_writes 5',
    'gwctl_gateway_in_flight_writes 1',
    'gwctl_gateway_active_cluster{cluster="main"} 0',
    'gwctl_gateway_active_cluster{cluster="failover"} 1',
    'gwctl_gateway_client_bytes_total{direction="received"} 150',
    'gwctl_gateway_request_seconds_count{api="Produce"} 2',
    'gwctl_gateway_request_seconds_bucket{le="0.005",api="Produce"} 1',
    'gwctl_gateway_request_seconds_count{api="Metadata"} 1',
    'gwctl_gateway_refused_connections_total{reason="protocol"} 1',
  ]) {
    expect(text.split('\n')).toContain(line);
  }
});

test('each node has metrics of its own', async () => {
  const make = () => createMetrics({ state: () => nodeState('x'), clientBytes: () => ({ received: 0, sent: 0 }), clusters: [] });
  const [one, other] = [make(), make()];
  one.refused('protocol');
  expect((await other.render()).text).not.toContain('reason="protocol"');
});

test('what each virtual cluster uses is shown', async () => {
  const limits = new NodeLimits({ limits: { maxConnections: 1, maxBytesInFlight: 100, requestsPerSecond: 1, requestBurst: 1 }, tenantLimits: {}, exempt: new Set() });
  const metrics = createMetrics({
    state: () => nodeState('x'), clientBytes: () => ({ received: 0, sent: 0 }), clusters: [],
    register: (registry, prefix) => registerTenantMetrics(registry, () => limits.all(), prefix),
  });
  const usage = limits.usageOf('teamA');
  for (let index = 0; index < 3; index++) {
    usage.enter();
    usage.throttle();
  }
  usage.bytes.add(100);
  void usage.bytes.acquire(1, new AbortController().signal);
  limits.usageOf('teamB');
  await metrics.render();
  const { text } = await metrics.render();
  for (const line of [
    'gwctl_gateway_tenant_connections{virtual_cluster="teamA"} 1',
    'gwctl_gateway_tenant_refused_connections_total{virtual_cluster="teamA"} 2',
    'gwctl_gateway_tenant_throttled_requests_total{virtual_cluster="teamA"} 2',
    'gwctl_gateway_tenant_bytes_in_flight{virtual_cluster="teamA"} 100',
    'gwctl_gateway_tenant_waiting_requests{virtual_cluster="teamA"} 1',
    'gwctl_gateway_tenant_throttled_requests_total{virtual_cluster="teamB"} 0',
  ]) {
    expect(text.split('\n')).toContain(line);
  }
});
