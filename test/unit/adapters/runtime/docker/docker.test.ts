import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeSecrets } from '../../../../../src/adapters/compose/write-stack.ts';
import { chooseRuntime } from '../../../../../src/adapters/runtime/docker/choose-runtime.ts';
import { assertOurs, type Container, listContainers } from '../../../../../src/adapters/runtime/docker/containers.ts';
import { docker, dockerError } from '../../../../../src/adapters/runtime/docker/docker-command.ts';
import { findEngine, isOlder } from '../../../../../src/adapters/runtime/docker/engine.ts';
import { parseTopology } from '../../../../../src/config/parse-topology.ts';

describe('what docker says', () => {
  test.each([
    { output: 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?', says: /no container engine answers/, code: 'ENVIRONMENT' },
    { output: "docker: 'compose' is not a docker command.\nSee 'docker --help'", says: /no compose v2/, code: 'ENVIRONMENT' },
    { output: 'permission denied while trying to connect to the Docker daemon socket', says: /may not use/, code: 'ENVIRONMENT' },
    { output: 'x\nError response from daemon: pull access denied for nothing, repository does not exist', says: /cannot be pulled.*pull access denied for nothing/, code: 'ENVIRONMENT' },
    { output: 'Error response from daemon: Get "https://registry/v2/": dial tcp: lookup registry: no such host', says: /cannot be pulled/, code: 'ENVIRONMENT' },
    { output: 'Bind for 127.0.0.1:6969 failed: port is already allocated', says: /a port is taken.*6969/, code: 'ENVIRONMENT' },
    { output: 'failed to register layer: write /x: no space left on device', says: /disk of the container engine is full/, code: 'ENVIRONMENT' },
    { output: 'something that nobody has seen', says: /`docker up`: something/, code: 'UNAVAILABLE' },
  ])('$output', ({ output, says, code }) => {
    const error = dockerError(['up'], output);
    expect(error.message).toMatch(says);
    expect(error.code).toBe(code);
  });

  test('no docker on the PATH is told as that', async () => {
    await expect(docker(['version'], { env: { PATH: '/nowhere' } })).rejects.toMatchObject({ code: 'ENVIRONMENT', message: 'no `docker` on the PATH' });
  });
});

describe('the engine', () => {
  test.each([
    { version: '2.23.0', older: true },
    { version: 'v2.23.1', older: false },
    { version: '2.26.1-4', older: false },
    { version: '1.29.2', older: true },
    { version: '5.0.0', older: false },
    { version: 'nonsense', older: true },
  ])('compose $version is too old: $older', ({ version, older }) => expect(isOlder(version, [2, 23, 1])).toBe(older));

  test('with an old compose is refused, and auto takes local and says why', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'gwctl-unit-'));
    const script = join(dir, 'docker');
    await writeFile(script, '#!/bin/sh\n[ "$1" = compose ] && echo 2.1.0 || echo 26.0.0\n');
    await chmod(script, 0o755);
    const env = { PATH: `${dir}:/usr/bin:/bin` };
    try {
      await expect(findEngine({ env })).rejects.toThrow('docker compose is 2.1.0 (allowed: 2.23.1 or newer)');
      const topology = parseTopology('', { fileName: 'none', portOffset: 0, baseDir: '/' });
      expect(await chooseRuntime(topology, env, new AbortController().signal)).toEqual({ runtime: 'local', because: 'docker compose is 2.1.0 (allowed: 2.23.1 or newer)' });
    } finally {
      await rm(dir, { recursive: true });
    }
  });
});

test('a container that goes while they are looked at is not looked for any more; one that is told of and never there is an error', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'gwctl-unit-'));
  const inspected = JSON.stringify([{ Id: 'b', Name: '/p-main-1-1', State: { Status: 'running', ExitCode: 0 }, NetworkSettings: { Networks: { p_default: { NetworkID: 'n' } } }, Config: { Labels: { 'com.docker.compose.service': 'main-1' } } }]);
  const goes = `#!/bin/sh\nif [ "$1" = ps ]; then [ -f ${dir}/gone ] || echo a; echo b; exit; fi\n[ -f ${dir}/gone ] && echo '${inspected}' && exit\ntouch ${dir}/gone; echo 'Error response from daemon: No such container: a' >&2; exit 1\n`;
  const never = "#!/bin/sh\n[ \"$1\" = ps ] && echo a && exit\necho 'Error response from daemon: No such container: a' >&2; exit 1\n";
  const env = { PATH: `${dir}:/usr/bin:/bin` };
  const install = async (script: string): Promise<void> => {
    await writeFile(join(dir, 'docker'), script);
    await chmod(join(dir, 'docker'), 0o755);
  };
  try {
    await install(goes);
    expect(await listContainers('p', { env })).toMatchObject([{ id: 'b', name: 'p-main-1-1', service: 'main-1', isRunning: true, networkIds: ['n'] }]);
    await install(never);
    await expect(listContainers('p', { env })).rejects.toThrow('No such container: a');
  } finally {
    await rm(dir, { recursive: true });
  }
});

test('containers of the same name and another folder are not touched', () => {
  const container: Container = { id: '1', name: 'n', service: 's', isRunning: true, isPaused: false, hasExited: false, exitCode: 0, health: 'none', environmentDir: '/a/default', networkIds: [], madeBy: undefined, descriptionHash: undefined };
  expect(() => assertOurs([container], '/b/default', 'gwctl-default')).toThrow(/belongs to the environment in \/a\/default/);
  expect(() => assertOurs([container, { ...container, environmentDir: undefined }], '/a/default', 'gwctl-default')).not.toThrow();
});

test('secrets are written for compose, with what it would replace escaped', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'gwctl-unit-'));
  const topology = parseTopology('gateway: {admin: {password: env:P}, tokenKey: env:K}', { fileName: 'none', portOffset: 0, baseDir: '/' });
  try {
    await writeSecrets(dir, { topology, environmentDir: dir, env: { P: 'a$b"c\\d', K: 'k'.repeat(40) }, command: 'gwctl up' });
    const { readFile, stat } = await import('node:fs/promises');
    const [head, ...rest] = (await readFile(join(dir, '.env'), 'utf8')).split('\n');
    expect(head).toMatch(/^# made by `gwctl up` \(gwctl /);
    expect(rest).toEqual(['GWCTL_ADMIN_PASSWORD="a\\$b\\"c\\\\d"', `GWCTL_TOKEN_KEY="${'k'.repeat(40)}"`, '']);
    expect((await stat(join(dir, '.env'))).mode & 0o777).toBe(0o600);
  } finally {
    await rm(dir, { recursive: true });
  }
});
