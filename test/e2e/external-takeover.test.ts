import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { awaitReady } from '../support/await-ready.ts';
import { writeLoadDrill } from '../support/load-drill.ts';
import { startSecuredEnvironment, type OutsideView, type SecuredEnvironment } from '../support/secured-environment.ts';

/** MirrorMaker belongs to others, who say how it is ended and started: a switch takes its replication over, and gives it back when it is given up. */
let secured: SecuredEnvironment;

beforeAll(async () => {
  secured = await startSecuredEnvironment();
}, 300_000);
afterAll(async () => await secured?.dispose());

const withProcess = (changes: Partial<SecuredEnvironment['process']> = {}): OutsideView => ({ ...secured.view, links: [{ from: 'main', to: 'failover', process: { ...secured.process, ...changes } }] });
const gwctl = async (...args: readonly string[]) => await secured.gwctl(args, withProcess());
const isReady = async (): Promise<void> => await awaitReady((args) => gwctl(...args), 90_000);

test('without such commands MirrorMaker itself brings the last records, with them gwctl does', async () => {
  const without = await secured.gwctl(['failover', '--to', 'failover', '--dry-run']);
  expect(without.stdout).toMatch(/its process is not in the hands of gwctl/);
  expect(without.stdout).not.toMatch(/take the replication/);
  await isReady();
  expect((await gwctl('failover', '--to', 'failover', '--dry-run')).stdout).toMatch(/take the replication main->failover over from MirrorMaker[^]*leave the replication main->failover off/);
});

test('a command that fails: given up before anybody waits, exit 5, with what it said', async () => {
  const view = withProcess({ hold: [process.execPath, '-e', 'console.error("unit mirror-maker not found"); process.exit(5)'] });
  const { exitCode, stderr } = await secured.gwctl(['failover', '--to', 'failover', '--yes'], view, { timeoutMs: 170_000 });
  expect(exitCode, stderr).toBe(5);
  expect(stderr).toMatch(/the hold command of main->failover \(.*\) ended with exit code 5: unit mirror-maker not found: given up before the switch, every node serves main again; no write was held/);
  await isReady();
});

test('a run that is interrupted gives the replication back: MirrorMaker runs again', async () => {
  const goFile = join(secured.environment.stateDir, 'go');
  const running = secured.startGwctl(['failover', '--to', 'failover', '--yes'], { env: { GWCTL_TEST_HALT_BEFORE: `drain-groups:${goFile}` } }, 'changed.yaml');
  await expect.poll(async () => (await gwctl('verify')).stdout, { timeout: 60_000 }).toMatch(/main->failover is off: run \S+ took over main->failover/);
  running.signal('SIGINT');
  await writeFile(goFile, '');
  const { exitCode, stderr } = await running.result;
  expect(exitCode, stderr).toBe(130);
  await isReady();
});

test('a switch under load: nothing is lost, doubled or skipped, and MirrorMaker stays off', async () => {
  const file = await writeLoadDrill(secured.environment.stateDir);
  const { exitCode, stdout, stderr } = await gwctl('drill', file);
  expect(exitCode, stdout + stderr).toBe(0);
  const { runs } = JSON.parse((await gwctl('history', '-o', 'json')).stdout) as { readonly runs: readonly { readonly name: string; readonly writePauseMs: number | null }[] };
  const { stdout: report } = await gwctl('report', runs.at(-1)?.name ?? '');
  expect(report).toMatch(/take the replication main->failover over from MirrorMaker/);
  const status = JSON.parse((await secured.environment.gwctl(['status', '-o', 'json'])).stdout) as { readonly components: readonly { readonly name: string; readonly state: string }[] };
  expect(status.components.find(({ name }) => name === 'mirror-maker')?.state).toBe('crashed');
});
