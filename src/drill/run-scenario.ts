import { CATALOG, type ErrorCode, GwctlError } from '../shared/errors.ts';
import type { DrillListener, ScenarioReport, StepReport } from './drill-event.ts';
import type { RunningLoad } from './load/run-load.ts';
import type { DrillStep, Scenario } from './scenario.ts';
import type { DrillStepKind } from './scenario-schema.ts';
import { DRILL_STEPS, type DrillSteps } from './step-registry.ts';
import type { DrillWorld, IssuedToken, StepResult, StepRunner, StepTools } from './step-tools.ts';

export interface ScenarioRun {
  readonly scenario: Scenario;
  readonly world: DrillWorld;
  readonly signal: AbortSignal;
  readonly tell: DrillListener;
  /** Another scenario of this drill has switched already. */
  readonly hasSwitched?: boolean;
  readonly steps?: DrillSteps;
}

export interface ScenarioOutcome {
  readonly report: ScenarioReport;
  /** Of the first step that failed; its exit code is the drill's. */
  readonly error: GwctlError | undefined;
}

/** Codes that say by themselves what state the world is in; the others become "nothing was switched" or "switched, but". */
const OWN_MEANING: readonly ErrorCode[] = ['ROLLED_BACK', 'NEEDS_OPERATOR', 'PROOF_FAILED', 'LOCKED', 'INTERRUPTED', 'INTERNAL', 'USAGE', 'CONFIG'];

/** Runs the steps in order; after one that fails the rest are skipped. Never throws: how it ended is the answer. */
export async function runScenario({ scenario, world, signal, tell, hasSwitched = false, steps = DRILL_STEPS }: ScenarioRun): Promise<ScenarioOutcome> {
  const { clock } = world;
  const startedAt = clock.now().toISOString();
  const startMs = clock.elapsedMs();
  const sinceStart = (): number => Math.round(clock.elapsedMs() - startMs);
  const tokens = new Map<string, IssuedToken>();
  const loads = new Map<string, RunningLoad>();
  const announcedLosses: StepTools['announcedLosses'] = new Map();
  const reports: StepReport[] = [];
  let isSwitched = false;
  let error: GwctlError | undefined;
  const count = scenario.steps.length;
  tell({ type: 'scenario-started', name: scenario.name, file: scenario.file, steps: count });

  for (const [index, step] of scenario.steps.entries()) {
    const number = index + 1;
    const base = { name: step.name, kind: step.kind, atMs: sinceStart() };
    if (error !== undefined) {
      reports.push({ ...base, status: 'skipped', durationMs: 0, seen: '', details: [], evidence: {} });
      continue;
    }
    tell({ type: 'step-started', number, steps: count, name: step.name, kind: step.kind });
    const tools: StepTools = {
      ...world, signal, tokens, loads, announcedLosses,
      markSwitched: () => (isSwitched = true),
      note: (text) => tell({ type: 'step-noted', number, text }),
      onRunEvent: (event) => tell({ type: 'run-event', number, event }),
    };
    const { result, failure } = await attempt(runnerOf(steps, step), step, tools);
    const durationMs = sinceStart() - base.atMs;
    const report: StepReport = failure === undefined
      ? { ...base, status: 'passed', durationMs, seen: result.seen, details: result.details ?? [], evidence: result.evidence ?? {} }
      : { ...base, status: 'failed', durationMs, ...failureReport(failure) };
    reports.push(report);
    tell({ type: 'step-ended', number, report });
    if (failure !== undefined) error = failureOf(step, number, failure, isSwitched || hasSwitched);
  }
  await Promise.all([...loads.values()].map(endLoad));
  const report: ScenarioReport = {
    name: scenario.name, file: scenario.file, description: scenario.description, startedAt,
    status: error === undefined ? 'passed' : 'failed', hasSwitched: isSwitched, durationMs: sinceStart(), steps: reports,
  };
  tell({ type: 'scenario-ended', report });
  return { report, error };
}

type Attempt = { readonly result: StepResult; readonly failure?: undefined } | { readonly result?: undefined; readonly failure: GwctlError };

async function attempt(run: StepRunner<DrillStepKind>, step: DrillStep, tools: StepTools): Promise<Attempt> {
  try {
    tools.signal.throwIfAborted();
    return { result: await run(step.input as never, tools) };
  } catch (reason) {
    // What an interruption makes fail is the interruption, but not what says by itself in what state the world is.
    const saysItself = reason instanceof GwctlError && OWN_MEANING.includes(reason.code);
    return { failure: GwctlError.from(tools.signal.aborted && !saysItself ? tools.signal.reason : reason) };
  }
}

/** The registry has an entry for each kind; the kind of the step and of its entry are the same. */
function runnerOf(steps: DrillSteps, step: DrillStep): StepRunner<DrillStepKind> {
  return steps[step.kind] as StepRunner<DrillStepKind>;
}

function failureReport({ message, details }: GwctlError): Pick<StepReport, 'seen' | 'details' | 'evidence'> & { readonly expected?: string } {
  const { expected, seen, lines, evidence } = details;
  if (typeof expected === 'string' && typeof seen === 'string') {
    return { seen, expected, details: (lines as readonly string[] | undefined) ?? [], evidence: (evidence as Record<string, unknown> | undefined) ?? {} };
  }
  return { seen: message, details: [], evidence: {} };
}

function failureOf(step: DrillStep, number: number, cause: GwctlError, hasSwitched: boolean): GwctlError {
  if (OWN_MEANING.includes(cause.code)) return cause;
  const code = hasSwitched ? 'PROOF_FAILED' : 'CHECK_FAILED';
  const then = hasSwitched ? 'gateways were switched before it' : 'nothing was switched before it';
  return new GwctlError(code, `step ${number} "${step.name}": ${cause.message} (${then}; exit ${CATALOG[code].exit})`, { cause, details: { expected: cause.details['expected'], seen: cause.details['seen'] }, ...(cause.hint === undefined ? {} : { hint: cause.hint }) });
}

/** A load must not outlive the scenario that forgot it or failed before it could stop it. */
async function endLoad(load: RunningLoad): Promise<void> {
  await load.stopProducers();
  await load.stopConsumers();
}
