import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DrillReport } from '../../src/drill/drill-report.ts';
import { ONE_BROKER_EACH, reserveEnvironment, type TestEnvironment } from '../support/environment.ts';

const SHIPPED = readdirSync(new URL('../../scenarios/', import.meta.url)).filter((file) => file.endsWith('.yaml'));

/** Those that name no broker, and are not what the README begins with. */
const SMALL = ['per-node-calls.yaml'];
/** With the time that a dead cluster is waited for. */
const DRILL_MS = 300_000;

describe.each(SHIPPED)('the shipped scenario %s, as the demo runs it', (file) => {
  let environment: TestEnvironment;
  let folder: string;
  beforeAll(async () => {
    [environment, folder] = await Promise.all([reserveEnvironment(SMALL.includes(file) ? ONE_BROKER_EACH : ''), mkdtemp(join(tmpdir(), 'gwctl-report-'))]);
  });
  afterAll(async () => {
    await environment.dispose();
    await rm(folder, { recursive: true });
  });

  test('passes in every step, leaves a report and no process', async () => {
    const reportFile = join(folder, 'report.json');
    const { exitCode, stdout, stderr } = await environment.gwctl(['drill', '--up', '--down', '--report', reportFile, `scenarios/${file}`], { timeoutMs: DRILL_MS });
    expect(exitCode, stderr).toBe(0);
    const report = JSON.parse(await readFile(reportFile, 'utf8')) as DrillReport;
    expect(report.outcome).toBe('passed');
    expect(report.scenarios.flatMap(({ steps }) => steps).filter(({ status }) => status !== 'passed')).toEqual([]);
    expect(report.inputs).toEqual([{ file: `scenarios/${file}`, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    expect(report.up?.phases.length).toBeGreaterThan(3);
    expect(stdout).toMatch(/^passed: (\d+) of \1 steps; the environment was taken down with its data$/m);
    const again = await environment.gwctl(['drill', 'scenarios/cluster-switching.yaml', '-o', 'json']);
    expect(JSON.parse(again.stdout)).toMatchObject({ outcome: 'failed', state: expect.stringContaining('gateway1 does not answer, gateway2 does not answer') });
  }, DRILL_MS + 60_000);
});
