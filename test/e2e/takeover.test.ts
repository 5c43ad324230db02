import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KafkaClient } from '../../src/client/kafka-client.ts';
import type { RunEvent } from '../../src/engine/run-event.ts';
import type { StepKind } from '../../src/plan/plan.ts';
import { awaitReady } from '../support/await-ready.ts';
import { ONE_BROKER_EACH, startEnvironment, type TestEnvironment } from '../support/environment.ts';
import { awaitCondition } from '../support/kill-lab.ts';
import { clientOn, clientThrough, issueToken, readNodeState } from '../support/service-account.ts';
import { loadValues, startSteadyLoad, type SteadyLoad } from '../support/steady-load.ts';

const PARTITIONS = 3;
const READY_MS = 120_000;

let environment: TestEnvironment;
let gateway: KafkaClient;
let failover: KafkaClient;
let load: SteadyLoad | undefined;

beforeAll(async () => {
  // Short, so that a lease is over soon.
  environment = await startEnvironment([], `${ONE_BROKER_EACH}failover:\n  pauseBudget: 3s\n`);
  gateway = clientThrough(environment, 'gateway1', await issueToken(environment, 'gateway1', 'teamA'));
  failover = clientOn(environment, 'failover');
  await gateway.createTopics([{ name: 'load', partitions: PARTITIONS, replicationFactor: 1 }]);
  load = startSteadyLoad(gateway, 'load', PARTITIONS);
  await awaitReady(environment.gwctl, READY_MS);
});
afterAll(async () => {
  await load?.stop().catch(() => {});
  gateway?.close();
  failover?.close();
  await environment?.dispose();
});

test('gwctl is killed while it copies: verify says so and how to go on; after a rollback MirrorMaker goes on without a gap or a duplicate', async () => {
  await killBefore('pause-gateways');
  const seen = await environment.gwctl(['verify', '--to', 'failover']);
  expect(seen.exitCode).toBe(3);
  expect(seen.stdout).toMatch(/replicator-running +main->failover is off: run \S+ took over main->failover for a switch to failover/);
  expect(seen.stdout).toContain('gwctl rollback');
  expect((await environment.gwctl(['failover', '--to', 'failover', '--yes'])).exitCode).toBe(3);
  expect((await environment.gwctl(['status'])).stdout).toMatch(/mirror-maker is held: run \S+ took over/);

  const back = await environment.gwctl(['rollback', '--yes']);
  expect([back.exitCode, back.stdout]).toEqual([0, expect.stringContaining('MirrorMaker copies main->failover again')]);
  const before = await replicated();
  await awaitCondition(READY_MS, 'MirrorMaker copies the load', async () => (await replicated()) > before + 300);
  await expectPrefixes();
  expect((await environment.gwctl(['rollback', '--yes'])).exitCode).toBe(3);
});

test('killed again: resume takes it over from the dead run and switches; everything that was acknowledged is there once; MirrorMaker stays off, also after up', async () => {
  await awaitReady(environment.gwctl, READY_MS);
  await killBefore('drain-groups');
  const resumed = await environment.gwctl(['resume', '--yes']);
  expect(resumed.exitCode, resumed.stderr).toBe(0);
  expect(resumed.stderr).toContain('take the replication main->failover over');
  expect(resumed.stdout).toContain('switched to failover');
  const written = await load?.stop();
  for (let partition = 0; partition < PARTITIONS; partition++) expect(await valuesOn('failover', partition)).toEqual(loadValues(partition, written?.[partition] ?? -1));

  await expectHeld();
  expect((await environment.gwctl(['up'])).stderr).toContain('left stopped: failover is active');
  await expectHeld();
  const journal = await lastJournal();
  for (const event of journal) if (event.type === 'step-done') process.stdout.write(`${startedKind(journal, event.index) ?? ''} ${event.durationMs} ms ${JSON.stringify(event.evidence)}\n`);
});

async function expectHeld(): Promise<void> {
  const status = await environment.gwctl(['status']);
  expect(status.stdout).toContain('mirror-maker is held: failover is active: main->failover would copy from a cluster that is not');
}

/** `gwctl failover` that is killed before a step of this kind, under load; returns when the nodes have given its run up by themselves. */
async function killBefore(kind: StepKind): Promise<void> {
  const count = (await readdir(join(environment.dir, 'runs')).catch(() => [])).length;
  const gwctl = environment.startGwctl(['failover', '--to', 'failover', '--yes'], { env: { GWCTL_TEST_HALT_BEFORE: kind } });
  await awaitCondition(READY_MS, `a run stands before ${kind}`, async () => {
    if ((await readdir(join(environment.dir, 'runs')).catch(() => [])).length === count) return false;
    const journal = await lastJournal();
    const last = journal.at(-1);
    return last?.type === 'step-started' && startedKind(journal, last.index) === kind;
  });
  const before = await replicated();
  await awaitCondition(READY_MS, 'the copier copies while the run waits', async () => (await replicated()) > before + 100);
  gwctl.signal('SIGKILL');
  await gwctl.result;
  await awaitCondition(READY_MS, 'the nodes are in no run', async () => (await Promise.all(['gateway1', 'gateway2'].map((name) => readNodeState(environment, name)))).every(({ run, active }) => run === null && active === 'main'));
}

function startedKind([started]: readonly RunEvent[], index: number): StepKind | undefined {
  return started?.type === 'run-started' ? started.plan.steps[index]?.kind : undefined;
}

async function lastJournal(): Promise<readonly RunEvent[]> {
  const names = (await readdir(join(environment.dir, 'runs'))).sort();
  const text = await readFile(join(environment.dir, 'runs', names.at(-1) ?? ''), 'utf8');
  return text.split('\n').slice(0, -1).map((line) => JSON.parse(line) as RunEvent);
}

async function replicated(): Promise<number> {
  const ends = await failover.listOffsets(Array.from({ length: PARTITIONS }, (_, partition) => ({ topic: 'teamAload', partition, timestamp: -1n, isolation: 'read_committed' as const })));
  return ends.reduce((sum, { offset }) => sum + Number(offset), 0);
}

/** What is there is a beginning of what was written, in order, each record once. */
async function expectPrefixes(): Promise<void> {
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const values = await valuesOn('failover', partition);
    expect(values.length).toBeGreaterThan(0);
    expect(values).toEqual(loadValues(partition, values.length));
  }
}

async function valuesOn(cluster: string, partition: number): Promise<readonly string[]> {
  const client = clientOn(environment, cluster);
  const values: string[] = [];
  for await (const { value } of client.readRecords('teamAload', partition, 0n, { isolation: 'read_committed' })) values.push(value?.toString() ?? '');
  client.close();
  return values;
}
