import type { ClusterAccess } from '../config/cluster-access.ts';
import type { World } from '../checks/observe-world.ts';
import type { Canary } from '../ports/canary.ts';
import type { Clock } from '../ports/clock.ts';
import type { DownResult, Runtime, RuntimeProgress, UpResult } from '../ports/runtime.ts';
import { GwctlError } from '../shared/errors.ts';
import { describeState } from './describe-state.ts';
import type { DrillListener, ScenarioReport } from './drill-event.ts';
import type { DrillReport } from './drill-report.ts';
import type { LoadedScenario } from './load-scenarios.ts';
import { runScenario } from './run-scenario.ts';
import type { DrillWorld } from './step-tools.ts';

/** Connections to everything that runs. */
export interface OpenedWorld {
  readonly world: World;
  readonly canary: Canary;
  close(): Promise<void>;
}

export interface DrillRun {
  readonly scenarios: readonly LoadedScenario[];
  readonly runtime: Runtime;
  /** Called once the environment is up. */
  readonly openWorld: () => OpenedWorld;
  readonly environment: DrillReport['environment'];
  readonly environmentDir: string;
  readonly admin: DrillWorld['admin'];
  readonly clusterAccess?: ReadonlyMap<string, ClusterAccess>;
  readonly gwctlVersion: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly isUp: boolean;
  readonly isDown: boolean;
  /** A folder that an earlier `up` made is there, whether its processes run or not. */
  readonly hasData: boolean;
  readonly progress: RuntimeProgress;
  readonly tell: DrillListener;
}

export interface DrillOutcome {
  readonly report: DrillReport;
  readonly error: GwctlError | undefined;
}

/**
 * Brings the environment up when asked, runs the scenarios one after the other, takes the environment down when asked, also after a failure.
 * Throws only before anything was changed.
 */
export async function runDrill(run: DrillRun): Promise<DrillOutcome> {
  const { runtime, clock, signal, progress } = run;
  if (run.isDown) await assertNothingToLose(run);
  const startedAt = clock.now().toISOString();
  const startMs = clock.elapsedMs();
  let up: UpResult | null = null;
  let downResult: DownResult | null = null;
  let scenarios: readonly ScenarioReport[] = [];
  let error: GwctlError | undefined;
  let state = 'nothing was started';
  const takeDown = async (): Promise<number> => {
    downResult ??= await runtime.down({ progress, deleteData: true });
    return downResult.stopped.length;
  };

  try {
    if (run.isUp) up = await runtime.up({ progress, signal, withSchemaRegistry: false, withGateways: true });
    const opened = run.openWorld();
    try {
      ({ scenarios, error } = await runAll(run, opened, run.isDown ? takeDown : undefined));
      state = downResult === null ? await describeState(opened.world.gateways) : state;
    } finally {
      await opened.close();
    }
  } catch (reason) {
    error = GwctlError.from(signal.aborted ? signal.reason : reason);
    state = 'the environment did not come up';
  }
  if (run.isDown) {
    try {
      await takeDown();
    } catch (reason) {
      const cause = GwctlError.from(reason);
      error ??= cause;
      state = `${state}; it could not be taken down: ${cause.message}`;
    }
  }
  state = stateOf(downResult, state, run.isUp);
  return {
    error: error === undefined ? undefined : withState(error, state),
    report: {
      schema: 1, startedAt, gwctl: { version: run.gwctlVersion }, environment: run.environment,
      inputs: run.scenarios.map(({ scenario: { file }, sha256 }) => ({ file, sha256 })),
      outcome: error === undefined ? 'passed' : 'failed',
      state, up, scenarios, down: downResult,
      totalMs: Math.round(clock.elapsedMs() - startMs),
      error: error === undefined ? null : { code: error.code, message: error.message, exitCode: error.exitCode },
    },
  };
}

async function runAll(run: DrillRun, { world, canary }: OpenedWorld, takeDown: (() => Promise<number>) | undefined): Promise<{ readonly scenarios: readonly ScenarioReport[]; readonly error: GwctlError | undefined }> {
  const { runtime, clock, signal, environmentDir, admin, clusterAccess, tell } = run;
  const reports: ScenarioReport[] = [];
  let error: GwctlError | undefined;
  for (const { scenario } of run.scenarios) {
    if (error !== undefined) {
      reports.push({ name: scenario.name, file: scenario.file, description: scenario.description, startedAt: clock.now().toISOString(), status: 'skipped', hasSwitched: false, durationMs: 0, steps: [] });
      continue;
    }
    const hasSwitched = reports.some((report) => report.hasSwitched);
    const outcome = await runScenario({ scenario, world: { world, canary, clock, runtime, environmentDir, admin, takeDown, ...(clusterAccess === undefined ? {} : { clusterAccess }) }, signal, tell, hasSwitched });
    reports.push(outcome.report);
    error = outcome.error;
  }
  return { scenarios: reports, error };
}

/** What this drill takes down it must have made itself: records of another environment are not ours to delete. */
async function assertNothingToLose({ runtime, hasData, environment, environmentDir }: DrillRun): Promise<void> {
  const running = (await runtime.observe()).filter(({ state }) => state === 'running');
  const hint = 'run the drill without --up --down to use it as it is, or end it with `gwctl down -v` (this deletes its records) and run the drill again';
  if (running.length > 0) {
    throw new GwctlError('CHECK_FAILED', `environment ${environment.name} is running already (${running.map(({ name }) => name).join(', ')}), and --down would delete it: nothing was changed`, { hint });
  }
  if (hasData) throw new GwctlError('CHECK_FAILED', `environment ${environment.name} is stopped, but its records are still in ${environmentDir}, and --down would delete them: nothing was changed`, { hint });
}

function stateOf(down: DownResult | null, gateways: string, wasBroughtUp: boolean): string {
  if (down !== null) return 'the environment was taken down with its data';
  return `${wasBroughtUp ? 'the environment is still running' : 'the environment is as the drill left it'}: ${gateways}`;
}

function withState(error: GwctlError, state: string): GwctlError {
  return new GwctlError(error.code, `${error.message}; ${state}`, { cause: error, details: error.details, ...(error.hint === undefined ? {} : { hint: error.hint }) });
}
