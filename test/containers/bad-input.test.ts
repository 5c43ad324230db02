import { createServer } from 'node:http';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, expect, test } from 'vitest';
import { projectName } from '../../src/topology/compose/project-name.ts';
import { reserveEnvironment, type TestEnvironment } from '../support/environment.ts';

const SMALL = '{clusters: {main: {brokers: 1}, failover: {brokers: 1}}}';
const environments: TestEnvironment[] = [];
afterEach(async () => {
  for (const environment of environments.splice(0)) await environment.dispose();
});

async function reserve(text = SMALL): Promise<TestEnvironment> {
  const environment = await reserveEnvironment(text, 'docker');
  environments.push(environment);
  return environment;
}

const containersOf = async ({ topology }: TestEnvironment) => (await execa('docker', ['ps', '-aq', '--filter', `label=com.docker.compose.project=${projectName(topology)}`])).stdout;

test('an image that cannot be pulled: exit 3, named, and nothing was started', async () => {
  const environment = await reserve('{kafka: {version: 0.0.1}}');
  const { exitCode, stderr } = await environment.gwctl(['up']);
  expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: expect.stringMatching(/an image cannot be pulled/) });
  expect(await containersOf(environment)).toBe('');
});

test('no engine: --runtime docker refuses, auto takes local and says why', async () => {
  const environment = await reserve();
  const env = { DOCKER_HOST: 'unix:///nowhere' };
  const refused = await environment.gwctl(['up'], { env });
  expect(refused).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('no container engine answers') });
  // Without Java the local runtime ends at once: what was chosen has been said by then.
  const auto = await environment.gwctl(['up'], { env: { ...env, GWCTL_RUNTIME: 'auto', JAVA_HOME: '/nowhere', GWCTL_JVM_DIR: '/nowhere', PATH: '/nowhere' } });
  expect(auto.stderr).toMatch(/^runtime local: no `docker` on the PATH/);
});

test('a port that something else has: exit 3, and nothing was started', async () => {
  const environment = await reserve();
  const server = createServer().listen(environment.topology.clusters[0]?.brokers[0]?.port, '127.0.0.1');
  const { exitCode, stderr } = await environment.gwctl(['up']);
  server.close();
  expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: expect.stringContaining('is in use (wanted by main-1)') });
  expect(await containersOf(environment)).toBe('');
});

test('an environment half of which was removed, its compose file included, is brought up again and taken down', async () => {
  const environment = await reserve();
  expect(await environment.gwctl(['up'], { timeoutMs: 400_000 })).toMatchObject({ exitCode: 0 });
  await execa('docker', ['rm', '--force', `${projectName(environment.topology)}-gateway1-1`, `${projectName(environment.topology)}-mirror-maker-1`]);
  await rm(join(environment.dir, 'compose'), { recursive: true });
  expect(await environment.gwctl(['up'], { timeoutMs: 400_000 })).toMatchObject({ exitCode: 0 });
  await rm(join(environment.dir, 'compose'), { recursive: true });
  expect(await environment.gwctl(['down', '-v'])).toMatchObject({ exitCode: 0 });
  expect(await containersOf(environment)).toBe('');
});

test.each(['gwctl', 'seed'])('compose accepts the rendered stack %s', async (stack) => {
  const environment = await reserve();
  const directory = join(environment.stateDir, 'rendered');
  expect(await environment.gwctl(['render', 'compose', '--template', stack, '--directory', directory])).toMatchObject({ exitCode: 0 });
  const { stderr } = await execa('docker', ['compose', '--profile', '*', '--project-directory', directory, '-f', join(directory, 'compose.yaml'), 'config', '--quiet']);
  expect(stderr).toBe('');
});
