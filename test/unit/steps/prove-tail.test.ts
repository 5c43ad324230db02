import { expect, test } from 'vitest';
import { runPlan } from '../../../src/engine/run-plan.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import type { KafkaCluster, RecordFingerprint } from '../../../src/ports/kafka-cluster.ts';
import type { Copying, Takeover } from '../../../src/ports/takeover.ts';
import { STEPS } from '../../../src/steps/step-registry.ts';
import { TOPOLOGY } from '../../support/observation.ts';

const PLAN: Plan = { to: 'failover', from: 'main', basis: { active: 'main', generation: 1 }, generation: 2, steps: [{ kind: 'prove-tail', from: 'main', timeoutMs: 1000 }] };
const TOPICS = [{ name: 'teamAa', internal: false, partitions: [{ index: 0, leader: 1, replicas: [1], inSync: [1] }] }];
const COPYING = { include: async () => [], awaitEnds: async () => {}, leftOut: new Set<string>() } as unknown as Copying;

/** The last record of a cluster's one partition, each time that it is looked for; the last one stays. */
async function run(onMain: readonly RecordFingerprint[], onFailover: RecordFingerprint) {
  const cluster = (name: string, looks: readonly RecordFingerprint[]): KafkaCluster => {
    let look = 0;
    return {
      name,
      describe: async () => ({ topics: TOPICS }),
      endOffsets: async () => new Map([['teamAa-0', 5n]]),
      highWatermarks: async () => new Map([['teamAa-0', 5n]]),
      lastFingerprints: async () => new Map([['teamAa-0', looks[Math.min(look++, looks.length - 1)]]]),
    } as unknown as KafkaCluster;
  };
  const { outcome, error } = await runPlan({
    runId: 'r1',
    plan: PLAN,
    world: { topology: TOPOLOGY, operator: 'tom@host', gateways: [], clusters: new Map([['main', cluster('main', onMain)], ['failover', cluster('failover', [onFailover])]]), replicator: () => undefined, takeover: () => ({ copying: COPYING }) as unknown as Takeover },
    canary: { physicalTopic: '', prove: async () => Promise.reject(new Error('unused')) },
    clock: { now: () => new Date(0), elapsedMs: () => 0, sleep: async () => {} },
    steps: STEPS,
    signal: new AbortController().signal,
    listeners: [],
  });
  return { outcome, exitCode: error?.exitCode, message: error?.message, hint: error?.hint };
}

const record = (hash: string, offset: bigint) => ({ hash, offset }) as RecordFingerprint;

test('the same last record on both sides, wherever it stands there, is what is wanted', async () => {
  expect(await run([record('x', 4n)], record('x', 9n))).toMatchObject({ outcome: 'switched' });
});

test.each([
  { name: 'main goes on to be written to', onMain: [record('x', 4n), record('y', 5n)], hint: /^somebody writes to main past the gateways/ },
  { name: 'main stands still', onMain: [record('x', 4n)], hint: /^somebody else writes to failover, or the replicator skipped records/ },
])('another last record on the target ends the switch; where $name, the hint says who writes', async ({ onMain, hint }) => {
  expect(await run(onMain, record('y', 9n))).toMatchObject({ outcome: 'rolled-back', message: expect.stringMatching(/^the last record is another one on failover: teamAa-0 \(last record at 4 on main, at 9 on failover\)/), hint: expect.stringMatching(hint) });
});
