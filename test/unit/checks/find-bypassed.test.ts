import { expect, test } from 'vitest';
import { findBypassed } from '../../../src/checks/find-bypassed.ts';
import type { GatewayAdmin } from '../../../src/ports/gateway-admin.ts';
import type { DataRecord, KafkaCluster } from '../../../src/ports/kafka-cluster.ts';
import { topic } from '../../support/observation.ts';

const LINK = { topics: '.*' };

function source(offsets: readonly bigint[], end: bigint): KafkaCluster {
  const records = offsets.map((offset): DataRecord => ({ offset, timestamp: 0n, key: null, value: null }));
  return {
    name: 'main',
    describe: () => Promise.resolve({ clusterId: '', controllerId: 1, brokers: [1], topics: [topic('teamAusers'), topic('_auditLogs'), topic('_topicMappings')] }),
    endOffsets: (partitions: readonly { topic: string; partition: number }[]) => Promise.resolve(new Map(partitions.map(({ topic: name, partition }) => [`${name}-${partition}`, end]))),
    readRecords: (_: unknown, from: bigint) => Promise.resolve(records.filter(({ offset }) => offset >= from)),
  } as unknown as KafkaCluster;
}

/** Acknowledged up to these offsets, one for each time that it is asked. */
function node(lasts: number[], { unknownBelow = 0, gap = null as string | null } = {}): GatewayAdmin {
  const run = (last: number) => ({ base: 0, last, records: 1, bytes: 1, fromMs: 0, toMs: 0, isTransactional: false });
  return {
    node: 'gateway1',
    acknowledged: () => Promise.resolve({ node: 'gateway1', clusters: [{ cluster: 'main', since: '', gap, partitions: [{ topic: 'teamAusers', partition: 0, unknownBelow, runs: [run((lasts.length > 1 ? lasts.shift() : lasts[0]) ?? -1)] }] }] }),
  } as unknown as GatewayAdmin;
}

test.each([
  { name: 'everything was acknowledged by one of the nodes', source: source([0n, 1n, 2n], 3n), nodes: [node([1]), node([2])], written: [] },
  { name: 'nobody acknowledged the last two', source: source([0n, 1n, 2n], 3n), nodes: [node([0]), node([-1])], written: [{ topic: 'teamAusers', partition: 0, records: 2, isMore: false }] },
  { name: 'only a marker is behind what was acknowledged', source: source([0n, 1n], 3n), nodes: [node([1])], written: [] },
  { name: 'it was written before the node began to remember', source: source([0n, 1n, 2n], 3n), nodes: [node([-1], { unknownBelow: 3 })], written: [] },
  { name: 'the acknowledgement was on its way', source: source([0n, 1n, 2n], 3n), nodes: [node([1, 2])], written: [] },
])('$name', async ({ source: main, nodes, written }) => expect(await findBypassed(main, nodes, LINK)).toEqual({ partitions: 1, written }));

test('a node that may have forgotten something proves nothing', async () => {
  await expect(findBypassed(source([0n], 1n), [node([-1], { gap: 'the node has just started' })], LINK)).rejects.toMatchObject({ code: 'UNAVAILABLE', message: 'gateway1 may have forgotten something: the node has just started' });
});
