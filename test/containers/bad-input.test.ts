import { createServer } from 'node:http';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, expect, test } from 'vitest';
import { projectName } from '../../src/topology/compose/project-name.ts';
import { reserveEnvironment, type TestEnvironment } from '../support/environment.ts';
import { clientOn, clientThrough, issueToken } from '../support/service-account.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
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
  expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: expect.stringMatching(/error: apache\/kafka:0\.0\.1: an image cannot be pulled: [^]*hint: .*docker pull apache\/kafka:0\.0\.1/) });
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

test('a port that another container has: exit 3, the container is named, and nothing was started', async () => {
  const environment = await reserve();
  const port = environment.topology.clusters[1]?.brokers[0]?.port;
  const name = `${projectName(environment.topology)}-other`;
  await execa('docker', ['run', '--detach', '--rm', '--name', name, '--publish', `127.0.0.1:${port}:1`, 'node:20-bookworm-slim', 'sleep', '600']);
  try {
    const { exitCode, stderr } = await environment.gwctl(['up']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: expect.stringMatching(new RegExp(`port ${port} is in use by container ${name} \\(wanted by failover-1\\)[^]*docker stop ${name}`)) });
    expect(await containersOf(environment)).toBe('');
  } finally {
    await execa('docker', ['rm', '--force', name]);
  }
});

/** Compose is a plug-in of the user here; where the whole machine has it, it cannot be hidden. */
test('an engine without compose v2: --runtime docker refuses, auto takes local and says why', async ({ skip }) => {
  const environment = await reserve();
  const env = { DOCKER_CONFIG: join(environment.stateDir, 'empty') };
  const hidden = await execa('docker', ['compose', 'version'], { env, reject: false });
  if (hidden.exitCode === 0) skip('compose belongs to the machine');
  expect(await environment.gwctl(['up'], { env })).toMatchObject({ exitCode: 3, stderr: expect.stringMatching(/docker has no compose v2[^]*docker-compose-plugin/) });
  const auto = await environment.gwctl(['up'], { env: { ...env, GWCTL_RUNTIME: 'auto', JAVA_HOME: '/nowhere', GWCTL_JVM_DIR: '/nowhere' } });
  expect(auto.stderr).toMatch(/^runtime local: docker has no compose v2/);
  await environment.gwctl(['down', '-v'], { env: { ...env, GWCTL_RUNTIME: 'local' } });
});

test('an environment that another version of gwctl brought up is said to be, and made anew with its records', async () => {
  const environment = await reserve();
  const other = join(environment.stateDir, 'other');
  await mkdir(other);
  for (const name of ['bin', 'dist', 'compose']) await cp(join(ROOT, name), join(other, name), { recursive: true });
  const manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { readonly version: string };
  await writeFile(join(other, 'package.json'), JSON.stringify({ ...manifest, version: '0.0.9' }));
  const first = await environment.gwctl(['up'], { entry: join(other, 'bin', 'gwctl.js'), timeoutMs: 400_000 });
  expect(first.exitCode, first.stderr).toBe(0);
  const before = await containersOf(environment);
  const client = clientThrough(environment, 'gateway1', await issueToken(environment, 'gateway1', 'teamA'));
  await client.createTopics([{ name: 'kept', partitions: 1, replicationFactor: 1 }]).finally(() => client.close());
  expect(await environment.gwctl(['status'])).toMatchObject({ exitCode: 0 });
  const { exitCode, stderr } = await environment.gwctl(['up'], { timeoutMs: 400_000 });
  expect(exitCode, stderr).toBe(0);
  expect(stderr).toContain(`made by gwctl 0.0.9: they are made anew by ${manifest.version}`);
  const after = (await containersOf(environment)).split('\n');
  expect(before.split('\n').filter((id) => after.includes(id))).toEqual([]);
  const main = clientOn(environment, 'main');
  expect((await main.metadata().finally(() => main.close())).topics.map(({ name }) => name)).toContain('teamAkept');
  expect((await environment.gwctl(['up'])).stderr).not.toContain('made anew');
  await execa('docker', ['image', 'rm', 'gwctl-gateway:0.0.9'], { reject: false });
});

test.each(['gwctl', 'seed'])('compose accepts the rendered stack %s', async (stack) => {
  const environment = await reserve();
  const directory = join(environment.stateDir, 'rendered');
  expect(await environment.gwctl(['render', 'compose', '--template', stack, '--directory', directory])).toMatchObject({ exitCode: 0 });
  const { stderr } = await execa('docker', ['compose', '--profile', '*', '--project-directory', directory, '-f', join(directory, 'compose.yaml'), 'config', '--quiet']);
  expect(stderr).toBe('');
});
