import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reserveEnvironment, type TestEnvironment } from '../support/environment.ts';

let environment: TestEnvironment;
beforeAll(async () => {
  environment = await reserveEnvironment();
});
afterAll(async () => await environment?.dispose());

test('a gwctl.yaml with several mistakes: all of them at once, each with its line and column, exit 2', async () => {
  const file = join(environment.stateDir, 'bad.yaml');
  await writeFile(file, 'version: 1\nclusters:\n  main:\n    prot: 29092\n  failover:\n    port: 99999\ngateways:\n  gateway1: { adminPort: "x" }\n');
  const { exitCode, stdout, stderr } = await environment.gwctl(['--config', file, 'up']);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toMatch(/bad\.yaml:4:5: error: .*prot.*did you mean "port"\?/);
  expect(stderr).toMatch(/bad\.yaml:6:11: error: clusters\.failover\.port: 99999 is not a port \(1 to 65535\)/);
  expect(stderr).toMatch(/bad\.yaml:8:26: error: gateways\.gateway1\.adminPort: "x" is not a port/);
  expect(stderr.trimEnd().split('\n').filter((line) => line.includes(': error: '))).toHaveLength(3);
});

test('text that is no YAML: the line, exit 2', async () => {
  const file = join(environment.stateDir, 'broken.yaml');
  await writeFile(file, 'clusters:\n  main: [\n');
  const { exitCode, stderr } = await environment.gwctl(['--config', file, 'status']);
  expect(exitCode, stderr).toBe(2);
  expect(stderr).toMatch(/broken\.yaml:\d+:\d+: error: /);
});

test.each([
  { name: 'an unknown command', args: ['failver'], says: /unknown command 'failver'\n\(Did you mean failover\?\)/ },
  { name: 'an unknown flag', args: ['failover', '--to', 'failover', '--force'], says: /unknown option '--force'/ },
  { name: 'a flag that is missing', args: ['failover'], says: /required option '--to <cluster>' not specified/ },
  { name: 'a flag without its value', args: ['failover', '--to'], says: /argument missing/ },
  { name: 'an argument too many', args: ['status', 'main'], says: /too many arguments/ },
  { name: 'a format that does not exist', args: ['status', '-o', 'xml'], says: /'xml' is invalid. Allowed choices are text, json/ },
  { name: 'a config file that does not exist', args: ['--config', 'nowhere.yaml', 'status'], says: /nowhere\.yaml/ },
  { name: 'a port offset that is no number', args: ['--port-offset', 'many', 'status'], says: /--port-offset: "many" is not a port offset \(0 to 65535\)/ },
  { name: 'no command at all', args: [], says: /Usage: gwctl/ },
])('$name: exit 2, said on stderr, nothing on stdout', async ({ args, says }) => {
  const { exitCode, stdout, stderr } = await environment.gwctl(args);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toMatch(says);
});

test('no Java: doctor and up exit 3 and say how to install it, and nothing was started', async () => {
  const env = { PATH: environment.stateDir, JAVA_HOME: '', GWCTL_JVM_DIR: environment.stateDir };
  const doctor = await environment.gwctl(['doctor', '-o', 'json'], { env });
  expect(doctor.exitCode, doctor.stdout).toBe(3);
  const { ready, findings } = JSON.parse(doctor.stdout) as { ready: boolean; findings: { what: string; status: string; fix: string | null }[] };
  expect(ready).toBe(false);
  expect(findings).toContainEqual(expect.objectContaining({ status: 'missing', fix: expect.stringMatching(/apt-get install openjdk-17/) }));
  const up = await environment.gwctl(['up'], { env });
  expect(up.exitCode, up.stderr).toBe(3);
  expect(up.stderr).toMatch(/error: no usable Java: `java -version` does not run \(needed: 17 or newer\)\n {2}hint: install Java 17 or newer/);
  expect(await environment.gwctl(['down'])).toMatchObject({ exitCode: 0, stdout: 'nothing was running' });
});
