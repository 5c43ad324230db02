import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunEvent } from '../../src/engine/run-event.ts';
import type { StepKind } from '../../src/plan/plan.ts';
import { awaitReady } from './await-ready.ts';
import { signalComponent } from './component.ts';
import type { TestEnvironment } from './environment.ts';
import { ACTIVE_AFTER, recover, type KillOutcome, type LossVerdict } from './kill-case.ts';
import { awaitCondition, decisionOfGeneration, runHalted } from './kill-lab.ts';
import { readNodeState } from './service-account.ts';
import { openUnplannedLab, SMALL_UNPLANNED_CONFIG, UNPLANNED_CONFIG } from './unplanned-lab.ts';

/** All brokers of main are dead, and in the middle of the switch that follows something happens to one more participant. */
export interface UnplannedCase {
  readonly who: 'gwctl' | 'gateway1' | 'gateway2' | 'mirror-maker' | 'failover-1';
  readonly how: 'SIGKILL' | 'SIGSTOP';
  readonly before: StepKind;
}

const NODES = ['gateway1', 'gateway2'];
const RECORDS = 500;
const SETTLE_MS = 90_000;
const FLAGS = ['--mode', 'unplanned', '--max-loss-records', '1000000', '-o', 'json'];

/**
 * In an environment of its own, since main is dead afterwards. Where the switch was made, the clients have lost as many records as it announced;
 * where it was not, main comes back and has everything.
 */
export async function runUnplannedCase({ who, how, before }: UnplannedCase): Promise<KillOutcome<LossVerdict>> {
  const lab = await openUnplannedLab({ config: who === 'failover-1' ? UNPLANNED_CONFIG : SMALL_UNPLANNED_CONFIG });
  const { environment } = lab;
  try {
    await lab.untilMore(RECORDS);
    await lab.signalMain('SIGKILL');
    let generation = 0;
    const result = await runHalted(environment, FLAGS, before, async (run) => {
      generation = run.generation;
      if (who !== 'gwctl') return await signalComponent(environment, who, how);
      run.gwctl.signal(how);
      if (how === 'SIGKILL') return;
      await run.go();
      await awaitCondition(SETTLE_MS, 'the nodes have gone on without gwctl', async () => (await states(environment)).every((state) => state?.run === null));
      run.gwctl.signal('SIGCONT');
    });
    const problems: string[] = [];
    // A MirrorMaker that hangs is ended by the run that fences it.
    if (how === 'SIGSTOP' && who !== 'gwctl') await signalComponent(environment, who, 'SIGCONT').catch((reason: unknown) => {
      if (who !== 'mirror-maker') throw reason;
    });
    // Main is back, and so is whoever was killed.
    const up = await environment.gwctl(['up']);
    if (up.exitCode !== 0) problems.push(`gwctl up: exit ${up.exitCode}: ${up.stderr}`);
    const recovery = await recover({ environment }, 'rollback', problems);
    const decision = await decisionOfGeneration(environment, generation);
    const active = await settled(environment);
    await lab.untilMore(RECORDS / 10);
    // Nobody has touched MirrorMaker: whoever gives a switch up brings its replication back.
    if (active === 'main') await awaitReady(environment.gwctl, SETTLE_MS).catch((reason: unknown) => problems.push(String(reason)));
    if ((active === 'failover') !== (decision === 'commit')) problems.push(`${active} is active, and the log says ${decision ?? 'nothing'}`);
    const isGone = who === 'gwctl' && how === 'SIGKILL' && result.exitCode === -1;
    if (!isGone && ACTIVE_AFTER[result.exitCode] !== active) problems.push(`exit ${result.exitCode}, and ${active} is active: ${result.stdout} ${result.stderr}`);
    const acknowledged = lab.acknowledged();
    const lost = await lab.lostRecords(active);
    const announced = active === 'failover' ? ((await announcedLoss(environment)) ?? 'unknown') : 0;
    if (lost.length !== announced) problems.push(`${lost.length} records are lost, announced: ${announced}`);
    return { exitCode: result.exitCode, stderr: result.stderr, decision, active, recovery, verdict: { acknowledged, missing: lost.length, announced }, problems };
  } finally {
    await lab.dispose();
  }
}

async function states(environment: TestEnvironment): Promise<(Awaited<ReturnType<typeof readNodeState>> | undefined)[]> {
  return await Promise.all(NODES.map((name) => readNodeState(environment, name).catch(() => undefined)));
}

/** Both nodes serve the same cluster, in no run. */
async function settled(environment: TestEnvironment): Promise<string> {
  let active = '';
  await awaitCondition(SETTLE_MS, 'both nodes serve the same', async () => {
    const seen = await states(environment);
    active = seen[0]?.active ?? '';
    return seen.every((state) => state?.active === active && state.phase === 'serving' && state.run === null);
  });
  return active;
}

/** What a run has found to be lost once nothing could be acknowledged any more. */
async function announcedLoss({ dir }: TestEnvironment): Promise<number | undefined> {
  const names = (await readdir(join(dir, 'runs'))).sort();
  let records: number | undefined;
  for (const name of names) {
    const events = (await readFile(join(dir, 'runs', name), 'utf8')).split('\n').slice(0, -1).map((line) => JSON.parse(line) as RunEvent);
    const [started] = events;
    for (const event of events) {
      if (event.type !== 'step-done' || started?.type !== 'run-started' || started.plan.steps[event.index]?.kind !== 'confirm-loss') continue;
      records = (event.evidence['loss'] as { readonly records: number }).records;
    }
  }
  return records;
}
