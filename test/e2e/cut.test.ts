import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fenceMirrorMaker } from '../../src/adapters/replicator/fence-mirror-maker.ts';
import type { StepKind } from '../../src/plan/plan.ts';
import { signalComponent } from '../support/component.ts';
import { openCutLab, startNode, type Cut, type CutLab } from '../support/cut-lab.ts';
import type { RunningGwctl, TestEnvironment } from '../support/environment.ts';
import { runDisturbed } from '../support/kill-case.ts';
import { awaitCondition, openSmallKillLab, type KillLab } from '../support/kill-lab.ts';
import { clientOn, readNodeState } from '../support/service-account.ts';

/** A switch that held writes here would do so until prepare (4 s) has given up. */
const UNHELD_MS = 3000;

describe('a network that is cut in the middle of a switch', () => {
  let lab: CutLab;
  beforeAll(async () => {
    lab = await openCutLab();
  });
  afterAll(async () => await lab?.dispose());

  test.each<{ cut: Cut; before: StepKind }>([
    { cut: 'gateway1-failover', before: 'take-over-replication' },
    { cut: 'gateway1-failover', before: 'drain-groups' },
  ])('$cut after the node was prepared, before $before: the switch is given up before a write is held', async ({ cut, before }) => {
    const outcome = await runDisturbed(lab, { before, strike: async () => lab.networks[cut].cut(), heal: async () => lab.networks[cut].heal() });
    expect(outcome.problems, outcome.stderr).toEqual([]);
    expect([outcome.exitCode, outcome.active], outcome.stderr).toEqual([5, 'main']);
    expect(outcome.stderr).toMatch(/given up before the switch, .*serves? main again.*; no write was held/);
    // Producers of both nodes: what they waited for is nothing of the cluster that was cut off.
    expect(outcome.verdict.longestWriteMs).toBeLessThan(UNHELD_MS);
  });

  /** The last one switches, and a switch is not reversed. */
  test.each<{ cut: Cut; before: StepKind; exitCodes: readonly number[]; active: string }>([
    { cut: 'gwctl-gateway1', before: 'drain-gateways', exitCodes: [5], active: 'main' },
    { cut: 'gateway1-main', before: 'prepare-gateways', exitCodes: [0, 3, 5], active: 'main or failover' },
    { cut: 'gateway1-failover', before: 'flip-gateways', exitCodes: [7], active: 'failover' },
  ])('$cut before $before: exit $exitCodes, nothing lost, doubled or torn, and the command that gwctl names ends it', async ({ cut, before, exitCodes, active }) => {
    const outcome = await runDisturbed(lab, { before, strike: async () => lab.networks[cut].cut(), heal: async () => lab.networks[cut].heal() });
    expect(outcome.problems, outcome.stderr).toEqual([]);
    expect(exitCodes, outcome.stderr).toContain(outcome.exitCode);
    expect(active).toContain(outcome.active);
  });
});

async function fence(environment: TestEnvironment): Promise<void> {
  const target = clientOn(environment, 'failover');
  expect((await fenceMirrorMaker(target, { from: 'main' }).finally(() => target.close())).sourceTasks).toHaveLength(1);
}

describe('the probe', () => {
  const ENTRY = new URL('../support/disobedient-node.mjs', import.meta.url).pathname;
  let lab: KillLab;
  let node: RunningGwctl | undefined;
  beforeAll(async () => {
    lab = await openSmallKillLab();
  });
  afterAll(async () => {
    node?.signal('SIGTERM');
    await node?.result;
    await lab?.dispose();
  });

  test('sees a node that lets writes pass although it holds them', async () => {
    const { environment, probe } = lab;
    const file = join(environment.stateDir, 'disobey');
    await signalComponent(environment, 'gateway1', 'SIGTERM');
    node = startNode(environment, 'gateway1', [], ENTRY, { GWCTL_TEST_DISOBEY: file });
    await awaitCondition(60_000, 'gateway1 answers', () => readNodeState(environment, 'gateway1').then(() => true, () => false));
    await lab.settled();
    await lab.runTo('flip-gateways', async () => {
      // The copier would bring what the node acknowledges to the other cluster, too.
      await fence(environment);
      const before = probe.acknowledged().get('gateway1') ?? 0;
      await writeFile(file, '');
      await awaitCondition(60_000, 'gateway1 acknowledges writes', async () => (probe.acknowledged().get('gateway1') ?? 0) > before + 3);
    });
    expect(await lab.settled()).toBe('failover');
    const { lost } = await probe.judge('target');
    expect(lost.length).toBeGreaterThan(3);
    expect(lost.every((value) => value.startsWith('gateway1/'))).toBe(true);
  });
});
