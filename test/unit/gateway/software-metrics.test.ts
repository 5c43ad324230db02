import { expect, test } from 'vitest';
import { createTrafficMetrics, mergeMetrics } from '../../../src/gateway/metrics.ts';
import { readSoftwareCounts, registerSoftwareMetrics } from '../../../src/gateway/software-metrics.ts';

const JAVA = { name: 'apache-kafka-java', version: '4.3.1' };
const SILENT = { name: '', version: '' };

function worker(connections: Set<{ software: { name: string; version: string } }>) {
  return createTrafficMetrics({
    counts: { connections: connections.size, heldWrites: 0, inFlightWrites: 0 },
    clientBytes: () => ({ received: 0, sent: 0 }),
    register: (registry, prefix) => registerSoftwareMetrics(registry, connections, prefix),
  });
}

test('connections are counted by client software, over all processes of a node, and those that ended count no more', async () => {
  const first = new Set([{ software: JAVA }, { software: JAVA }, { software: SILENT }]);
  const [one, other] = [worker(first), worker(new Set([{ software: JAVA }]))];
  const counts = async () => readSoftwareCounts(await mergeMetrics([await one.read(), await other.read()]));
  expect(await counts()).toEqual([{ software: 'apache-kafka-java', version: '4.3.1', connections: 3 }, { software: '', version: '', connections: 1 }]);
  first.clear();
  expect(await counts()).toEqual([{ software: 'apache-kafka-java', version: '4.3.1', connections: 1 }]);
});
