import { expect, test } from 'vitest';
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
