import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, expect, test } from 'vitest';
import { BUILD_IMAGE } from '../../src/adapters/runtime/docker/images.ts';
import { ownedBy } from '../support/containers.ts';
import { reserveEnvironment, type TestEnvironment } from '../support/environment.ts';
import { startSmallEngine } from '../support/small-engine.ts';

const SMALL = '{clusters: {main: {brokers: 1}, failover: {brokers: 1}}}';
const DISK_MB = 64;
let environment: TestEnvironment | undefined;
afterEach(async () => await environment?.dispose());

test('no disk space for the environment: exit 3, nothing was started, and doctor says it', async ({ skip }) => {
  environment = await reserveEnvironment(SMALL, 'docker');
  const small = join(environment.stateDir, 'small');
  await mkdir(small);
  const mounted = await execa('mount', ['-t', 'tmpfs', '-o', 'size=8k', 'tmpfs', small], { reject: false });
  if (mounted.exitCode !== 0) skip('only root can mount a small disk');
  try {
    const { exitCode, stderr } = await environment.gwctl(['up', '--state-dir', small]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: expect.stringMatching(/ENOSPC[^]*hint: the disk is full/) });
    expect(await ownedBy(environment, 'container')).toEqual([]);
    expect(await environment.gwctl(['doctor', '--state-dir', small])).toMatchObject({ exitCode: 3, stdout: expect.stringMatching(/missing +disk +0 MB free/) });
  } finally {
    await execa('umount', [small]);
  }
  expect((await environment.gwctl(['doctor'])).stdout).toMatch(/ok +disk +[^]*ok +container engine[^]*ok +disk of the engine +\d+ MB free in \//);
});

test('no disk space for the engine: exit 3 with the command that frees some, nothing was started, and doctor says it', async ({ skip }) => {
  const engine = await startSmallEngine(DISK_MB, ['apache/kafka:4.3.1', 'edenhill/kcat:1.7.1', BUILD_IMAGE]);
  if (engine === undefined) return skip('only root can start an engine on a small disk, where one runs already');
  try {
    environment = await reserveEnvironment(SMALL, 'docker');
    await engine.fill();
    const { exitCode, stderr } = await environment.gwctl(['up'], { env: engine.env });
    expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: expect.stringMatching(/error: the disk of the container engine is full: .*no space left on device\n {2}hint: `docker system df` shows what takes it/) });
    expect((await execa('docker', ['ps', '-aq'], { env: engine.env })).stdout).toBe('');
    expect(await environment.gwctl(['doctor'], { env: engine.env })).toMatchObject({ exitCode: 3, stdout: expect.stringMatching(/missing +disk of the engine +0 MB free in \//) });
    await engine.empty();
    // Its images are empty, so it cannot build the gateway; but its disk is not what it complains of any more.
    const control = await environment.gwctl(['up'], { env: engine.env });
    expect(control.exitCode).not.toBe(0);
    expect(control.stderr).not.toContain('no space left');
  } finally {
    await engine.stop();
  }
});
