import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reserveEnvironment, type TestEnvironment } from '../support/environment.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
let environment: TestEnvironment;
let folder = '';

beforeAll(async () => {
  environment = await reserveEnvironment('{clusters: {main: {brokers: 1}, failover: {brokers: 1}}}', 'docker');
  folder = await mkdtemp(join(tmpdir(), 'gwctl-package-'));
  await execa('npm', ['pack', '--pack-destination', folder], { cwd: ROOT });
  const [tarball = ''] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  await writeFile(join(folder, 'package.json'), '{"private":true}');
  await execa('npm', ['install', '--no-audit', '--no-fund', join(folder, tarball)], { cwd: folder });
});
afterAll(async () => {
  await environment.dispose();
  await rm(folder, { recursive: true, force: true });
});

test('has what it needs, and nothing of the repository beside it', async () => {
  const names = await readdir(join(folder, 'node_modules', 'gwctl'));
  expect(names.sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'bin', 'compose', 'dist', 'package.json', 'scenarios']);
  expect(await readdir(join(folder, 'node_modules', 'gwctl', 'compose', 'gateway'))).toContain('Dockerfile.dockerignore');
});

test('the packed tarball, installed elsewhere, builds its gateway and runs the demo on containers', async () => {
  const scenario = join(folder, 'node_modules', 'gwctl', 'scenarios', 'cluster-switching.yaml');
  const env = { GWCTL_RUNTIME: 'docker', GWCTL_STATE_DIR: environment.stateDir, GWCTL_PORT_OFFSET: `${environment.portOffset}` };
  const { exitCode, stdout, stderr } = await execa(join(folder, 'node_modules', '.bin', 'gwctl'), ['--config', join(environment.stateDir, 'gwctl.yaml'), 'drill', '--up', '--down', scenario], { cwd: folder, env, reject: false });
  expect(exitCode, stdout + stderr).toBe(0);
  expect(stdout).toMatch(/passed: (\d+) of \1 steps/);
});
