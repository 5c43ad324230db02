import { beforeEach, expect, test } from 'vitest';
import { runPlan } from '../../../src/engine/run-plan.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import type { GatewayAdmin } from '../../../src/ports/gateway-admin.ts';
import type { KafkaCluster } from '../../../src/ports/kafka-cluster.ts';
import type { Copying, Takeover } from '../../../src/ports/takeover.ts';
import { GwctlError } from '../../../src/shared/errors.ts';
import { STEPS } from '../../../src/steps/step-registry.ts';
import { TOPOLOGY } from '../../support/observation.ts';

const GATEWAYS = ['gateway1', 'gateway2'];
const PLAN: Plan = { to: 'failover', from: 'main', basis: { active: 'main', generation: 1 }, generation: 2, steps: [{ kind: 'drain-groups', gateways: GATEWAYS, timeoutMs: 1000 }, { kind: 'pause-gateways', gateways: GATEWAYS, timeoutMs: 1000 }] };

/** What was asked of which node, in order. */
let asked: string[];
let cutOff: string | undefined;
let included: string[];
let notes: string[];

beforeEach(() => {
  asked = [];
  cutOff = undefined;
  included = [];
  notes = [];
});

function gateway(node: string): GatewayAdmin {
  const ask = (what: string): void => void asked.push(`${what} ${node}`);
  return {
    node,
    drainGroups: async () => (ask('drain'), { members: 2, drained: 2 }),
    prepare: async () => {
      ask('prepare');
      if (node === cutOff) throw new GwctlError('UNAVAILABLE', `${node} does not reach failover`);
      return {};
    },
    order: async (verb: string) => (ask(verb), {}),
  } as unknown as GatewayAdmin;
}

async function run() {
  const topics = [{ name: 'teamAlate', internal: false, partitions: [{ index: 0, leader: 1, replicas: [1], inSync: [1] }] }];
  const cluster = { describe: async () => ({ topics }), groupOffsets: async () => ({ offsets: [], unread: [] }) } as unknown as KafkaCluster;
  const copying = { include: async (partitions: readonly { readonly topic: string }[]) => (included.push(...partitions.map(({ topic }) => topic)), partitions) } as unknown as Copying;
  const { outcome, error } = await runPlan({
    runId: 'r1',
    plan: PLAN,
    world: { topology: TOPOLOGY, operator: 'tom@host', gateways: GATEWAYS.map(gateway), clusters: new Map([['main', cluster], ['failover', cluster]]), replicator: () => undefined, takeover: () => ({ copying }) as unknown as Takeover },
    canary: { physicalTopic: '', prove: async () => Promise.reject(new Error('unused')) },
    clock: { now: () => new Date(0), elapsedMs: () => 0, sleep: async () => {} },
    steps: STEPS,
    signal: new AbortController().signal,
    listeners: [(event) => void (event.type === 'step-noted' && notes.push(event.text))],
  });
  return { outcome, exitCode: error?.exitCode, message: error?.message };
}

test('every node looks at the target once more after the drain, before any write is held; topics that were made meanwhile are copied', async () => {
  expect(await run()).toMatchObject({ outcome: 'switched' });
  expect(asked).toEqual(['drain gateway1', 'drain gateway2', 'prepare gateway1', 'prepare gateway2', 'pause gateway1', 'pause gateway2']);
  expect(included).toEqual(['teamAlate']);
  expect(notes).toContain('made meanwhile, and copied from now on: teamAlate');
});

test('a node that has lost the target by then ends the run with exit 5: every node serves on, and no write was held', async () => {
  cutOff = 'gateway2';
  expect(await run()).toEqual({ outcome: 'rolled-back', exitCode: 5, message: 'gateway2 does not reach failover: given up before the switch, every node serves main again; no write was held' });
  expect(asked.filter((what) => what.startsWith('pause'))).toEqual([]);
  expect(asked.slice(-2)).toEqual(['abort gateway1', 'abort gateway2']);
});
