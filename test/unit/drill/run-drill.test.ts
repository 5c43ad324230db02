import { describe, expect, test } from 'vitest';
import { type DrillRun, type OpenedWorld, runDrill } from '../../../src/drill/run-drill.ts';
import type { ComponentStatus, Runtime } from '../../../src/ports/runtime.ts';
import { GwctlError } from '../../../src/shared/errors.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

interface Setting extends Partial<DrillRun> {
  readonly running?: readonly string[];
  readonly upFails?: GwctlError;
  readonly downFails?: GwctlError;
}

async function run({ running = [], upFails, downFails, ...parts }: Setting) {
  const calls: string[] = [];
  const runtime: Runtime = {
    observe: async () => running.map((name) => ({ name, state: 'running' }) as ComponentStatus),
    up: async () => {
      calls.push('up');
      if (upFails !== undefined) throw upFails;
      return { phases: [], totalMs: 1, components: [] };
    },
    down: async ({ deleteData }) => {
      calls.push(`down${deleteData ? ' -v' : ''}`);
      if (downFails !== undefined) throw downFails;
      return { stopped: ['main-1'], totalMs: 1 };
    },
    start: async () => {}, stop: async () => {}, kill: async () => {},
  };
  const opened = { world: { gateways: [{ node: 'gateway1', state: async () => ({ active: 'main', phase: 'serving' }) }] }, canary: {}, close: async () => void calls.push('close') } as unknown as OpenedWorld;
  const options: DrillRun = {
    scenarios: [], runtime, openWorld: () => opened, environment: { name: 'default', portOffset: 0, runtime: 'local', kafkaVersions: {}, gateways: [] }, environmentDir: '/env',
    admin: { username: 'admin', password: 'x' }, gwctlVersion: '0.0.0', clock: createFakeClock(), signal: new AbortController().signal, isUp: true, isDown: true, hasData: false,
    progress: { start: () => ({ note: () => {}, done: () => {}, fail: () => {} }) }, tell: () => {}, ...parts,
  };
  const outcome = await runDrill(options).catch((thrown: unknown) => ({ thrown: GwctlError.from(thrown) }));
  return { calls, ...outcome };
}

/** `stopLoad` of a load that nobody started: fails at once and touches nothing. */
const failing: DrillRun['scenarios'] = [{ sha256: '0', scenario: { file: 's.yaml', name: 's', description: '', steps: [{ name: 'x', kind: 'stopLoad', input: { name: 'none' } as never }] } }];
const passing: DrillRun['scenarios'] = [{ sha256: '0', scenario: { file: 's.yaml', name: 's', description: '', steps: [{ name: 'x', kind: 'down', input: {} }] } }];

describe('a drill with --up --down', () => {
  test('brings up, runs and takes down with the data', async () => {
    expect(await run({})).toMatchObject({ calls: ['up', 'close', 'down -v'], error: undefined, report: { outcome: 'passed', state: 'the environment was taken down with its data' } });
  });

  test('takes down once when a step has done it', async () => {
    expect((await run({ scenarios: passing })).calls).toEqual(['up', 'down -v', 'close']);
  });

  test('refuses an environment that runs already, and touches nothing', async () => {
    const { calls, ...outcome } = await run({ running: ['main-1', 'gateway1'] });
    expect(calls).toEqual([]);
    expect(outcome).toEqual({ thrown: expect.objectContaining({ code: 'CHECK_FAILED', exitCode: 3, message: expect.stringMatching(/running already \(main-1, gateway1\).*nothing was changed/) }) });
  });

  test('refuses an environment that is stopped and has records, and touches nothing', async () => {
    const { calls, ...outcome } = await run({ hasData: true });
    expect(calls).toEqual([]);
    expect(outcome).toEqual({ thrown: expect.objectContaining({ exitCode: 3, message: expect.stringMatching(/records are still in \/env.*nothing was changed/) }) });
  });

  test('takes down after a step that failed', async () => {
    expect(await run({ scenarios: failing })).toMatchObject({ calls: ['up', 'close', 'down -v'], report: { outcome: 'failed' }, error: { message: expect.stringMatching(/; the environment was taken down with its data$/) } });
  });

  test('takes down what came up by half', async () => {
    expect(await run({ upFails: new GwctlError('UNAVAILABLE', 'main-2 died') })).toMatchObject({ calls: ['up', 'down -v'], error: { exitCode: 6 }, report: { outcome: 'failed', up: null } });
  });

  test('takes down after an interruption', async () => {
    expect(await run({ scenarios: passing, signal: AbortSignal.abort(new GwctlError('INTERRUPTED', 'SIGINT')) })).toMatchObject({ calls: ['up', 'close', 'down -v'], error: { exitCode: 130 } });
  });

  test('that cannot take down says so, and the first failure stays the reason', async () => {
    const downFails = new GwctlError('UNAVAILABLE', 'main-1 does not end');
    expect(await run({ downFails })).toMatchObject({ error: { exitCode: 6, message: expect.stringContaining('main-1 does not end') } });
    expect(await run({ downFails, upFails: new GwctlError('ENVIRONMENT', 'no java') })).toMatchObject({ error: { code: 'ENVIRONMENT', message: expect.stringContaining('main-1 does not end') } });
  });
});

describe('a drill on an environment that is there', () => {
  const there = { isUp: false, isDown: false, hasData: true, running: ['gateway1'] };

  test('leaves it running, also when a step would take it down, and says what it serves', async () => {
    expect(await run({ ...there, scenarios: passing })).toMatchObject({ calls: ['close'], error: undefined, report: { state: 'the environment is as the drill left it: gateway1 serves main' } });
  });

  test('brings it up by --up without touching what runs, and leaves it', async () => {
    expect(await run({ ...there, isUp: true })).toMatchObject({ calls: ['up', 'close'], report: { state: 'the environment is still running: gateway1 serves main' } });
  });

  test('skips the scenarios after one that failed', async () => {
    expect(await run({ ...there, scenarios: [...failing, ...passing] })).toMatchObject({ report: { scenarios: [{ status: 'failed' }, { status: 'skipped' }] } });
  });
});
