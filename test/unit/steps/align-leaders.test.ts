import { expect, test } from 'vitest';
import { runPlan } from '../../../src/engine/run-plan.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import { partitionKey, type KafkaCluster, type PartitionDescription, type WantedLeader } from '../../../src/ports/kafka-cluster.ts';
import { GwctlError } from '../../../src/shared/errors.ts';
import { STEPS } from '../../../src/steps/step-registry.ts';
import { TOPOLOGY } from '../../support/observation.ts';

const PLAN: Plan = { to: 'failover', from: 'main', basis: { active: 'main', generation: 1 }, generation: 2, steps: [{ kind: 'align-leaders', from: 'main', timeoutMs: 1000 }] };

type Elect = KafkaCluster['electLeaders'];

interface Seen {
  readonly wanted: string[];
  readonly notes: string[];
  readonly evidence: unknown[];
}

async function run(main: Readonly<Record<string, readonly PartitionDescription[]>>, failover: Readonly<Record<string, readonly PartitionDescription[]>>, elect: Elect = () => Promise.resolve(), silentFrom = Number.POSITIVE_INFINITY) {
  let looks = 0;
  const seen: Seen = { wanted: [], notes: [], evidence: [] };
  const elected = new Map<string, number>();
  const cluster = (topics: Readonly<Record<string, readonly PartitionDescription[]>>): KafkaCluster => ({
    describe: () => Promise.resolve({ topics: Object.entries(topics).map(([name, partitions]) => ({ name, internal: false, partitions: partitions.map((one) => ({ ...one, leader: elected.get(partitionKey({ topic: name, partition: one.index })) ?? one.leader })) })) }),
    electLeaders: async (wanted: readonly WantedLeader[], signal: AbortSignal) => {
      seen.wanted.push(...wanted.map((one) => `${partitionKey(one)} by ${one.leader}`));
      await elect(wanted, signal);
      for (const one of wanted) elected.set(partitionKey(one), one.leader);
    },
  }) as unknown as KafkaCluster;
  const silenced = (target: KafkaCluster): KafkaCluster => ({ ...target, describe: () => (looks++ < silentFrom ? target.describe() : Promise.reject(new GwctlError('UNAVAILABLE', 'failover does not answer'))) });
  const { outcome, error } = await runPlan({
    runId: 'r1',
    plan: PLAN,
    world: { topology: TOPOLOGY, operator: 'tom@host', gateways: [], clusters: new Map([['main', cluster(main)], ['failover', silenced(cluster(failover))]]), replicator: () => undefined },
    canary: { physicalTopic: '', prove: async () => Promise.reject(new Error('unused')) },
    clock: { now: () => new Date(0), elapsedMs: () => 0, sleep: async () => {} },
    steps: STEPS,
    signal: new AbortController().signal,
    listeners: [(event) => {
      if (event.type === 'step-noted') seen.notes.push(event.text);
      if (event.type === 'step-done') seen.evidence.push(event.evidence);
    }],
  });
  return { outcome, message: error?.message, ...seen };
}

function led(leader: number, inSync = [1, 2, 3]): PartitionDescription {
  return { index: 0, leader, replicas: [1, 2, 3], inSync };
}

test('a partition that another broker leads is led by the same one as on the source; one that is already is not touched', async () => {
  expect(await run({ teamAa: [led(1)], teamAb: [led(2)] }, { teamAa: [led(3)], teamAb: [led(2)] })).toMatchObject({ outcome: 'switched', wanted: ['teamAa-0 by 1'], notes: [], evidence: [{ partitions: 2, aligned: 2, moved: 1 }] });
});

test('only a replica that is in sync is asked to lead, and the rest is told', async () => {
  const { wanted, notes, evidence } = await run({ teamAa: [led(1)], teamAb: [led(2)] }, { teamAa: [led(3, [2, 3])], teamAb: [led(3)] });
  expect(wanted).toEqual(['teamAb-0 by 2']);
  expect(notes).toEqual(['1 partition of failover is led by another broker than on main: clients ask for it after the switch']);
  expect(evidence).toEqual([{ partitions: 2, aligned: 1, moved: 1 }]);
});

test('what is not copied, not there, or without a leader is left alone', async () => {
  expect(await run({ __consumer_offsets: [led(1)], teamAnew: [led(1)], teamAoff: [led(-1)] }, { __consumer_offsets: [led(2)], teamAoff: [led(2)] })).toMatchObject({ wanted: [], evidence: [{ partitions: 0, aligned: 0, moved: 0 }] });
});

test('a target that refuses does not end the switch: it is told', async () => {
  const { outcome, notes } = await run({ teamAa: [led(1)] }, { teamAa: [led(3)] }, () => Promise.reject(new GwctlError('UNAVAILABLE', 'order of replicas: CLUSTER_AUTHORIZATION_FAILED')));
  expect(outcome).toBe('switched');
  expect(notes).toEqual([
    'not every leader of failover could be aligned: order of replicas: CLUSTER_AUTHORIZATION_FAILED',
    '1 partition of failover is led by another broker than on main: clients ask for it after the switch',
  ]);
});

test.each([{ name: 'before', silentFrom: 0 }, { name: 'after', silentFrom: 1 }])('a target that does not answer $name the election does not end the switch: it is told', async ({ silentFrom }) => {
  const { outcome, notes } = await run({ teamAa: [led(1)] }, { teamAa: [led(3)] }, undefined, silentFrom);
  expect(outcome).toBe('switched');
  expect(notes[0]).toBe('not every leader of failover could be aligned: failover does not answer');
});
