import { beforeEach, expect, test } from 'vitest';
import type { GroupOffset, KafkaCluster } from '../../../src/ports/kafka-cluster.ts';
import type { Copying, Takeover } from '../../../src/ports/takeover.ts';
import { moveGroupsAhead } from '../../../src/steps/move-groups.ts';
import type { StepContext } from '../../../src/steps/step.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { logCluster } from '../../support/log-cluster.ts';
import { TOPOLOGY, topic } from '../../support/observation.ts';

const TOPIC = 'teamAorders';
const KEY = `${TOPIC}-0`;
/** On the source; the target has all but the last two at first. */
const RECORDS = 10;
const LIMIT_MS = 200;

let onTarget: number;
let written: GroupOffset[];
let waitedFor: [string, bigint][];

beforeEach(() => {
  onTarget = RECORDS - 2;
  written = [];
  waitedFor = [];
});

function log(count: number) {
  return Array.from({ length: count }, (_, index) => ({ offset: BigInt(index), hash: `record ${index}` }));
}

/** One group that has read everything, and one that has not; `copied` is what the wait for the copier does. */
function contextOf(copied: (signal: AbortSignal) => Promise<void>): StepContext {
  const committed = [['keeps up', RECORDS], ['lags', 5]].map(([group, offset]): GroupOffset => ({ group: String(group), topic: TOPIC, partition: 0, offset: BigInt(offset ?? 0), metadata: '' }));
  const clusterOf = (name: string, ofGroups: () => readonly GroupOffset[], count: () => number): KafkaCluster => {
    const now = () => logCluster(name, log(count()), KEY, { start: 0n, end: BigInt(count()) }).cluster;
    return {
      name,
      describe: async () => ({ clusterId: 'x', controllerId: 1, brokers: [1], topics: [topic(TOPIC)] }),
      groupOffsets: async () => ({ offsets: ofGroups(), unread: [] }),
      startOffsets: (those) => now().startOffsets(those),
      endOffsets: (those) => now().endOffsets(those),
      fingerprints: (one, from, until, limit) => now().fingerprints(one, from, until, limit),
      fingerprintsOf: (ranges) => now().fingerprintsOf(ranges),
      commitGroupOffsets: async (moves) => (written.push(...moves), []),
    } as Partial<KafkaCluster> as KafkaCluster;
  };
  const copying = {
    awaitEnds: async (ends, signal) => {
      waitedFor.push(...ends);
      await copied(signal);
    },
  } as Copying;
  return {
    plan: { from: 'main', to: 'failover' },
    world: {
      topology: TOPOLOGY,
      clusters: new Map([['main', clusterOf('main', () => committed, () => RECORDS)], ['failover', clusterOf('failover', () => [], () => onTarget)]]),
      replicator: () => undefined,
      takeover: () => ({ copying }) as Takeover,
    },
    clock: createFakeClock(),
    note: () => {},
    signal: new AbortController().signal,
  } as unknown as StepContext;
}

test('what a group has read is copied first, so that its position is written before producers wait', async () => {
  await moveGroupsAhead(LIMIT_MS, contextOf(async () => void (onTarget = RECORDS)));
  expect(waitedFor).toEqual([[KEY, BigInt(RECORDS)]]);
  expect(written.map(({ group, offset }) => [group, offset])).toEqual([['keeps up', 10n], ['lags', 5n]]);
});

test('a copier that does not get there is not waited for: what is exact by then is written, and nothing else', async () => {
  await moveGroupsAhead(LIMIT_MS, contextOf((signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('late'))))));
  expect(written.map(({ group, offset }) => [group, offset])).toEqual([['lags', 5n]]);
});
