import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { decisionOn } from '../../src/arbiter/state-rules.ts';
import { openStateLog } from '../../src/arbiter/state-log.ts';
import type { RunEvent } from '../../src/engine/run-event.ts';
import type { StepKind } from '../../src/plan/plan.ts';
import type { NodeState } from '../../src/shared/admin-api.ts';
import { awaitReady } from './await-ready.ts';
import { ONE_BROKER_EACH, startEnvironment, type GwctlResult, type RunningGwctl, type TestEnvironment } from './environment.ts';
import { clientOn, clientThrough, issueToken, readNodeState } from './service-account.ts';
import { startSwitchProbe, type SwitchProbe } from './switch-probe.ts';

/** Two nodes under the probe's load, and runs of `gwctl failover` that stop at a boundary between two steps. */
export interface KillLab {
  readonly environment: TestEnvironment;
  readonly probe: SwitchProbe;
  /** `gwctl failover --to failover`, once `gwctl verify` passes: stops before a step of this kind, does `act`, goes on. */
  runTo(kind: StepKind, act: (run: HaltedRun) => Promise<void>): Promise<GwctlResult>;
  /** Waits until both nodes serve the same cluster and generation, in no run, and have acknowledged writes since. Answers with the cluster. */
  settled(): Promise<string>;
  dispose(): Promise<void>;
}

export interface HaltedRun {
  readonly gwctl: RunningGwctl;
  readonly generation: number;
  /** The run goes on; without it, it does so after `act`. */
  go(): Promise<void>;
}

/** Short, so that a lease is over after 10 s. */
const SHORT = 'failover:\n  pauseBudget: 5s\n  deadlines: { prepare: 4s }\n';
export const KILL_CONFIG = `${SHORT}gateways:\n  gateway1: {}\n  gateway2: {}\n`;
/** The same on one broker each, for tests that let every broker live: it starts in half the time. */
export const SMALL_KILL_CONFIG = `${SHORT}${ONE_BROKER_EACH}gateways:\n  gateway1: { brokerPorts: 1 }\n  gateway2: { brokerPorts: 1 }\n`;
const TOPIC = 'probe';
const VIRTUAL_CLUSTER = 'teamA';
const POLL_MS = 100;
const READY_MS = 90_000;
const HALT_MS = 60_000;
const SETTLE_MS = 60_000;
const FRESH_WRITES = 5;

export interface KillLabOptions {
  /** With everything running; the lab takes it down. */
  readonly start?: () => Promise<TestEnvironment>;
  /** More flags of `gwctl failover`. */
  readonly flags?: readonly string[];
}

export async function openKillLab({ start = () => startEnvironment([], KILL_CONFIG), flags = [] }: KillLabOptions = {}): Promise<KillLab> {
  const environment = await start();
  try {
    const token = await issueToken(environment, 'gateway1', VIRTUAL_CLUSTER);
    const client = clientThrough(environment, 'gateway1', token);
    await client.createTopics([{ name: TOPIC, partitions: environment.topology.gateways.length, replicationFactor: Math.min(3, environment.topology.clusters[0]?.brokers.length ?? 1) }]).finally(() => client.close());
    const physicalTopic = `${VIRTUAL_CLUSTER}${TOPIC}`;
    await awaitReady(environment.gwctl, READY_MS);
    const probe = startSwitchProbe(environment, { token, topic: TOPIC, physicalTopic, source: 'main', target: 'failover' });
    return {
      environment,
      probe,
      runTo: (kind, act) => runTo(environment, flags, kind, act),
      settled: () => settled(environment, probe),
      dispose: async () => {
        await probe.stop();
        await environment.dispose();
      },
    };
  } catch (reason) {
    await environment.dispose().catch(() => {});
    throw reason;
  }
}

/** The same on SMALL_KILL_CONFIG. */
export async function openSmallKillLab(): Promise<KillLab> {
  return await openKillLab({ start: () => startEnvironment([], SMALL_KILL_CONFIG) });
}

/** How a generation was decided on the log of the cluster that it leads to, past everything that gwctl and the nodes say. */
export async function decisionOfGeneration(environment: TestEnvironment, generation: number, to = 'failover'): Promise<'commit' | 'abort' | undefined> {
  const client = clientOn(environment, to);
  try {
    return decisionOn(await openStateLog(client, 10_000).read(), to, generation)?.kind;
  } finally {
    client.close();
  }
}

/** Polls; the probe is a load, so nothing here waits for a fixed time. */
export async function awaitCondition(timeoutMs: number, what: string, holds: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await delay(POLL_MS);
  }
}

async function runTo(environment: TestEnvironment, flags: readonly string[], kind: StepKind, act: (run: HaltedRun) => Promise<void>): Promise<GwctlResult> {
  await awaitReady(environment.gwctl, READY_MS);
  return await runHalted(environment, flags, kind, act);
}

/** `gwctl failover --to failover --yes` with more flags: stops before a step of this kind, does `act`, goes on. */
export async function runHalted(environment: TestEnvironment, flags: readonly string[], kind: StepKind, act: (run: HaltedRun) => Promise<void>): Promise<GwctlResult> {
  const before = await journals(environment);
  const goFile = join(environment.stateDir, `go-${before.length}`);
  const gwctl = environment.startGwctl(['failover', '--to', 'failover', '--yes', ...flags], { env: { GWCTL_TEST_HALT_BEFORE: `${kind}:${goFile}` } });
  let early: GwctlResult | undefined;
  void gwctl.result.then((result) => (early = result));
  const go = async (): Promise<void> => await writeFile(goFile, '');
  try {
    let generation: number | undefined;
    await awaitCondition(HALT_MS, `the run is before ${kind}`, async () => {
      if (early !== undefined) return true;
      const file = (await journals(environment)).find((name) => !before.includes(name));
      generation = file === undefined ? undefined : await generationAt(join(environment.dir, 'runs', file), kind);
      return generation !== undefined;
    });
    if (generation === undefined) throw new Error(`gwctl failover ended before ${kind}: exit ${early?.exitCode ?? '?'}\n${early?.stderr ?? ''}`);
    await act({ gwctl, generation, go });
  } catch (reason) {
    gwctl.signal('SIGKILL');
    throw reason;
  }
  await go();
  return await gwctl.result;
}

async function journals({ dir }: TestEnvironment): Promise<readonly string[]> {
  return await readdir(join(dir, 'runs')).catch(() => []);
}

/** The generation that a run leads to, once it is about to do a step of this kind. */
async function generationAt(file: string, kind: StepKind): Promise<number | undefined> {
  const text = await readFile(file, 'utf8');
  const events = text.split('\n').slice(0, -1).map((line) => JSON.parse(line) as RunEvent);
  const [started] = events;
  if (started?.type !== 'run-started') return undefined;
  const isThere = events.some((event) => event.type === 'step-started' && started.plan.steps[event.index]?.kind === kind);
  return isThere ? started.plan.generation : undefined;
}

async function settled(environment: TestEnvironment, probe: SwitchProbe): Promise<string> {
  const names = environment.topology.gateways.map(({ name }) => name);
  let states: (NodeState | string)[] = [];
  let active: string | undefined;
  const agree = async (): Promise<boolean> => {
    states = await Promise.all(names.map((name) => readNodeState(environment, name).catch((reason: unknown) => String(reason))));
    const seen = new Set(states.map((state) => (typeof state === 'string' ? state : `${state.active} ${state.generation} ${state.phase} ${state.run?.runId ?? ''}`.trim())));
    const [first] = states;
    active = typeof first === 'object' ? first.active : undefined;
    return seen.size === 1 && typeof first === 'object' && first.phase === 'serving' && first.run === null;
  };
  await awaitCondition(SETTLE_MS, 'both nodes serve the same', agree).catch((reason: unknown) => {
    throw new Error(`${String(reason)}: ${JSON.stringify(states)}`);
  });
  const before = probe.acknowledged();
  await awaitCondition(SETTLE_MS, 'writes are acknowledged on both nodes', async () => {
    const now = probe.acknowledged();
    return names.every((name) => (now.get(name) ?? 0) >= (before.get(name) ?? 0) + FRESH_WRITES);
  });
  return active ?? '';
}
