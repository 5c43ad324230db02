import { describe, expect, test } from 'vitest';
import type { DrillEvent } from '../../../src/drill/drill-event.ts';
import { notAsExpected } from '../../../src/drill/expectation.ts';
import type { RunningLoad } from '../../../src/drill/load/run-load.ts';
import { runScenario, type ScenarioRun } from '../../../src/drill/run-scenario.ts';
import type { DrillStep, Scenario } from '../../../src/drill/scenario.ts';
import type { DrillSteps } from '../../../src/drill/step-registry.ts';
import type { DrillWorld, StepTools } from '../../../src/drill/step-tools.ts';
import { GwctlError } from '../../../src/shared/errors.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

type Act = (tools: StepTools) => Promise<void> | void;

/** Each step does what stands at its place, and takes 10 ms. */
async function run(acts: readonly Act[], parts: Partial<ScenarioRun> = {}) {
  const clock = createFakeClock();
  const events: DrillEvent[] = [];
  const act = async (input: unknown, tools: StepTools) => {
    await clock.sleep(10, new AbortController().signal);
    await acts[(input as { place: number }).place]?.(tools);
    return { seen: 'done' };
  };
  const steps = new Proxy({}, { get: () => act }) as DrillSteps;
  const scenario: Scenario = { file: 's.yaml', name: 's', description: '', steps: acts.map((_, place) => ({ name: `step ${place}`, kind: 'down', input: { place } }) as unknown as DrillStep) };
  const outcome = await runScenario({ scenario, world: { clock } as unknown as DrillWorld, signal: new AbortController().signal, tell: (event) => events.push(event), steps, ...parts });
  return { ...outcome, events, statuses: outcome.report.steps.map(({ status }) => status) };
}

const pass: Act = () => {};
const fail: Act = () => {
  throw notAsExpected('two', 'one');
};
const switchOver: Act = ({ markSwitched }) => markSwitched();

describe('a scenario', () => {
  test('passes when each step does, with the time of each', async () => {
    const { error, report, statuses } = await run([pass, pass]);
    expect({ error, statuses, status: report.status, hasSwitched: report.hasSwitched }).toEqual({ error: undefined, statuses: ['passed', 'passed'], status: 'passed', hasSwitched: false });
    expect(report.steps.map(({ atMs, durationMs }) => [atMs, durationMs])).toEqual([[0, 10], [10, 10]]);
    expect(report.durationMs).toBe(20);
  });

  test('that fails before a switch ends with exit 3: both sides, the rest is skipped', async () => {
    const { error, report, statuses } = await run([pass, fail, pass]);
    expect(statuses).toEqual(['passed', 'failed', 'skipped']);
    expect(report.steps[1]).toMatchObject({ expected: 'two', seen: 'one' });
    expect(error).toMatchObject({ code: 'CHECK_FAILED', exitCode: 3, message: 'step 2 "step 1": expected two, saw one (nothing was switched before it; exit 3)' });
  });

  test('that fails after a switch ends with exit 7', async () => {
    const { error, report } = await run([switchOver, fail]);
    expect(report.hasSwitched).toBe(true);
    expect(error).toMatchObject({ code: 'PROOF_FAILED', exitCode: 7, message: 'step 2 "step 1": expected two, saw one (gateways were switched before it; exit 7)' });
  });

  test('that fails in the very step that switched ends with exit 7', async () => {
    const { error } = await run([(tools) => { switchOver(tools); fail(tools); }]);
    expect(error?.exitCode).toBe(7);
  });

  test('that fails after a switch in another scenario of the drill ends with exit 7', async () => {
    const { error, report } = await run([fail], { hasSwitched: true });
    expect([error?.exitCode, report.hasSwitched]).toEqual([7, false]);
  });

  test.each([
    { code: 'UNAVAILABLE', exit: 3 },
    { code: 'ENVIRONMENT', exit: 3 },
    { code: 'NOT_AS_EXPECTED', exit: 3 },
    { code: 'ROLLED_BACK', exit: 5 },
    { code: 'NEEDS_OPERATOR', exit: 6 },
    { code: 'PROOF_FAILED', exit: 7 },
    { code: 'LOCKED', exit: 8 },
  ] as const)('that fails with $code ends with exit $exit: some say by themselves in what state the world is', async ({ code, exit }) => {
    const { error } = await run([() => { throw new GwctlError(code, 'x'); }]);
    expect(error?.exitCode).toBe(exit);
  });

  test('that meets a bug ends with exit 70', async () => {
    const { error } = await run([() => { throw new TypeError('x is not a function'); }]);
    expect(error?.exitCode).toBe(70);
  });

  test('that is interrupted ends with exit 130, whatever the step made of it', async () => {
    const controller = new AbortController();
    const { error, statuses } = await run([() => { controller.abort(new GwctlError('INTERRUPTED', 'SIGINT')); throw new Error('aborted'); }, pass], { signal: controller.signal });
    expect([error?.exitCode, statuses]).toEqual([130, ['failed', 'skipped']]);
  });

  test('that is interrupted while it says what a person must do ends with that', async () => {
    const controller = new AbortController();
    const { error } = await run([() => { controller.abort(new GwctlError('INTERRUPTED', 'SIGINT')); throw new GwctlError('NEEDS_OPERATOR', 'half switched'); }], { signal: controller.signal });
    expect(error?.exitCode).toBe(6);
  });

  test('does not begin a step after the signal', async () => {
    let isDone = false;
    await run([() => { isDone = true; }], { signal: AbortSignal.abort(new GwctlError('INTERRUPTED', 'SIGINT')) });
    expect(isDone).toBe(false);
  });

  test('ends a load that it left running, also after a failure', async () => {
    const ended: string[] = [];
    const load = { stopProducers: async () => void ended.push('producers'), stopConsumers: async () => void ended.push('consumers') } as unknown as RunningLoad;
    await run([({ loads }) => void loads.set('orders', load), fail]);
    expect(ended).toEqual(['producers', 'consumers']);
  });

  test('tells of each step as it begins and ends, and not of those that are skipped', async () => {
    const { events } = await run([pass, fail, pass]);
    expect(events.map((event) => ('number' in event ? `${event.type} ${event.number}` : event.type))).toEqual(['scenario-started', 'step-started 1', 'step-ended 1', 'step-started 2', 'step-ended 2', 'scenario-ended']);
  });
});
