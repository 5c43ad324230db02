import { expect, test } from 'vitest';
import { registerTenantMetrics } from '../../../src/gateway/limits/tenant-metrics.ts';
import { NodeLimits } from '../../../src/gateway/limits/tenant-usage.ts';
import { countersOf, createNodeMetrics, createProcessMetrics, createTrafficMetrics, mergeMetrics, renderMetrics, type TrafficMetrics } from '../../../src/gateway/metrics.ts';
import { nodeState } from '../../support/observation.ts';

/** The metrics of one process with some traffic. */
function traffic(connections: number, received: () => number = () => 0): TrafficMetrics {
  return createTrafficMetrics({ counts: { connections, heldWrites: 5, inFlightWrites: 1 }, clientBytes: () => ({ received: received(), sent: 7 }) });
}

const readNode = createNodeMetrics({ state: () => nodeState('gateway1', { generation: 3, active: 'failover', phase: 'paused' }), clusters: ['main', 'failover'] });

test('a node shows what it serves, how busy it is, and how long answers take', async () => {
  let bytes = 100;
  const metrics = traffic(2, () => bytes);
  metrics.answered(0, 3);
  metrics.answered(0, 30);
  metrics.answered(3, 1);
  metrics.refused('protocol');
  await metrics.read();
  bytes = 150;
  const { text, contentType } = await renderMetrics([await createProcessMetrics()(), await readNode(), await metrics.read()]);
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
  expect(text).toMatch(/^process_start_time_seconds \d+$/m);
});

test('no answer is missing, however many are counted together', async () => {
  const metrics = traffic(1);
  for (const answers of [1000, 1001]) {
    metrics.answered(3, 1);
    for (let answer = 0; answer < answers; answer++) metrics.answered(0, 3);
    await metrics.read();
  }
  const { text } = await renderMetrics([await metrics.read()]);
  expect(text.split('\n')).toEqual(expect.arrayContaining(['gwctl_gateway_request_seconds_count{api="Produce"} 2001', 'gwctl_gateway_request_seconds_count{api="Metadata"} 2']));
});

test('several processes are shown as one: counts are added up, and what the node is once is not', async () => {
  const [one, other] = [traffic(2, () => 10), traffic(3, () => 20)];
  one.answered(0, 3);
  other.answered(0, 3);
  other.answered(3, 3);
  const workers = await mergeMetrics([await one.read(), await other.read()]);
  const { text } = await renderMetrics([await createProcessMetrics()(), await readNode(), workers]);
  for (const line of [
    'gwctl_gateway_connections 5',
    'gwctl_gateway_client_bytes_total{direction="received"} 30',
    'gwctl_gateway_request_seconds_count{api="Produce"} 2',
    'gwctl_gateway_request_seconds_count{api="Metadata"} 1',
    'gwctl_gateway_generation 3',
    'gwctl_gateway_active_cluster{cluster="failover"} 1',
  ]) {
    expect(text.split('\n')).toContain(line);
  }
});

test('what a process that is gone had counted goes on counting, and what it held does not', async () => {
  const gone = traffic(2, () => 10);
  gone.refused('protocol');
  const counters = countersOf(await gone.read());
  const { text } = await renderMetrics([await traffic(1, () => 5).read(), counters]);
  expect(text.split('\n')).toEqual(expect.arrayContaining(['gwctl_gateway_connections 1', 'gwctl_gateway_client_bytes_total{direction="received"} 15', 'gwctl_gateway_refused_connections_total{reason="protocol"} 1']));
});

test('each registry stands alone', async () => {
  const [one, other] = [traffic(0), traffic(0)];
  one.refused('protocol');
  expect((await renderMetrics([await other.read()])).text).not.toContain('reason="protocol"');
});

test('what each virtual cluster uses is shown', async () => {
  const limits = new NodeLimits({ limits: { maxConnections: 1, maxBytesInFlight: 100, requestsPerSecond: 1, requestBurst: 1 }, tenantLimits: {}, exempt: new Set() });
  const metrics = createTrafficMetrics({
    counts: { connections: 0, heldWrites: 0, inFlightWrites: 0 }, clientBytes: () => ({ received: 0, sent: 0 }),
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
  await metrics.read();
  const { text } = await renderMetrics([await metrics.read()]);
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
