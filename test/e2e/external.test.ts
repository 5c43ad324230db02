import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { awaitReady } from '../support/await-ready.ts';
import { startSecuredEnvironment, type OutsideView, type SecuredEnvironment } from '../support/secured-environment.ts';

/** An environment that somebody else runs, with TLS and credentials on every port: all that gwctl has of it is what its gwctl.yaml says. */
let secured: SecuredEnvironment;

beforeAll(async () => {
  secured = await startSecuredEnvironment();
}, 300_000);
afterAll(async () => await secured?.dispose());

interface Status {
  readonly active: string;
  readonly ready: boolean;
  readonly openRun: { readonly runId: string; readonly isCommitted: boolean } | null;
  readonly gateways: readonly { readonly node: string; readonly phase: string; readonly active: string }[];
}

async function status(): Promise<Status> {
  const { exitCode, stdout, stderr } = await secured.gwctl(['status', '-o', 'json']);
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout) as Status;
}

const drill = async (name: string, steps: string): Promise<void> => {
  const file = join(secured.environment.stateDir, `${name}.yaml`);
  await writeFile(file, `version: 1\nname: ${name}\nsteps:\n${steps}`);
  const { exitCode, stdout, stderr } = await secured.gwctl(['drill', file]);
  expect(exitCode, stdout + stderr).toBe(0);
};

test.each([
  { command: ['up'], says: /up has nothing to start: somebody else runs this environment \(runtime: external\)\n {2}hint: .*`gwctl verify`/ },
  { command: ['down'], says: /down has nothing to stop: somebody else runs this environment/ },
  { command: ['down', '-v'], says: /down has nothing to stop/ },
])('$command is refused with exit 2, and everything runs on', async ({ command, says }) => {
  const { exitCode, stderr } = await secured.gwctl(command);
  expect(exitCode, stderr).toBe(2);
  expect(stderr).toMatch(says);
  expect((await status()).gateways.map(({ phase }) => phase)).toEqual(['serving', 'serving']);
});

test('a drill without a switch: a token, producers and consumers through the nodes, topics looked up on the clusters', async () => {
  await drill('look-around', `
  - name: token
    issueToken: { gateway: gateway1, virtualCluster: teamA, username: sa, as: teamA-sa }
  - name: load
    startLoad: { name: orders, gateways: [gateway1, gateway2], as: teamA-sa, topic: orders, partitions: 2, replicationFactor: 1, producers: 1, ratePerSecond: 50, group: billing, consumers: 1 }
  - name: ready
    verify: { to: failover, expect: ready, within: 60s }
  - name: stop
    stopLoad: { name: orders, within: 60s, expect: { lost: 0, duplicated: 0, errors: 0, skipped: 0, unseen: 0, reordered: 0, minAcknowledged: 10 } }
`);
});

test('status, verify, lag and groups work on it', async () => {
  await awaitReady((args) => secured.gwctl(args), 60_000);
  expect(await status()).toMatchObject({ active: 'main', ready: true, openRun: null });
  const lag = await secured.gwctl(['lag', '--all']);
  expect(lag.exitCode, lag.stderr).toBe(0);
  expect(lag.stdout).toMatch(/teamAorders +0 +\d+/);
  const groups = await secured.gwctl(['groups']);
  expect(groups.exitCode, groups.stderr).toBe(0);
  expect(groups.stdout).toMatch(/teamAbilling/);
});

const withCluster = (view: OutsideView, name: string, changes: Readonly<Record<string, unknown>>): OutsideView => ({ ...view, clusters: { ...view.clusters, [name]: { ...view.clusters[name], ...changes } as OutsideView['clusters'][string] } });
const withSecurity = (view: OutsideView, name: string, changes: Readonly<Record<string, unknown>>): OutsideView => withCluster(view, name, { security: { ...view.clusters[name]?.security, ...changes } });
const withGateway = (view: OutsideView, name: string, changes: Readonly<Record<string, unknown>>): OutsideView => ({ ...view, gateways: { ...view.gateways, [name]: { ...view.gateways[name], ...changes } } });

test.each<{ name: string; change: (view: OutsideView) => OutsideView; says: RegExp; hint: RegExp }>([
  { name: 'an authority that did not sign the target\'s certificates', change: (view) => withSecurity(view, 'failover', { ca: secured.otherCaFile }), says: /target-healthy: failover cannot be read: localhost:\d+ cannot be reached: its certificate is signed by an authority that is not trusted here/, hint: /hint: name the PEM file .* in clusters\.failover\.security\.ca/ },
  { name: 'a host that the certificate is not for', change: (view) => withCluster(view, 'failover', { bootstrap: String(view.clusters['failover']?.['bootstrap']).replace('localhost', '127.0.0.1') }), says: /target-healthy: failover cannot be read: 127\.0\.0\.1:\d+ cannot be reached: its certificate is for another host/, hint: /hint: use one of the names that the certificate is for/ },
  { name: 'a password that is wrong', change: (view) => withSecurity(view, 'failover', { password: 'env:WRONG_PASSWORD' }), says: /target-healthy: failover cannot be read: localhost:\d+ refuses the credentials of gwctl: SASL_AUTHENTICATION_FAILED/, hint: /hint: / },
  { name: 'no security where the brokers want it', change: (view) => withCluster(view, 'failover', { security: { protocol: 'PLAINTEXT' } }), says: /target-healthy: failover cannot be read: localhost:\d+ (answers in TLS|closed the connection|connection failed)/, hint: /hint: .*clusters\.failover\.security/ },
  { name: 'an admin certificate of an unknown authority', change: (view) => withGateway(view, 'gateway2', { adminTls: { ca: secured.otherCaFile } }), says: /gateways-agree: gateway2: gateway gateway2 cannot be reached at https:\/\/localhost:\d+: its certificate is signed by an authority/, hint: /hint: name the PEM file .* in gateways\.gateway2\.adminTls\.ca/ },
  { name: 'an admin URL without TLS', change: (view) => { const { adminTls: _, ...rest } = view.gateways['gateway2'] ?? {}; return { ...view, gateways: { ...view.gateways, gateway2: { ...rest, adminUrl: String(rest['adminUrl']).replace('https', 'http') } } }; }, says: /gateways-agree: gateway2: gateway gateway2 cannot be reached at http:\/\/localhost/, hint: /hint: / },
  { name: 'an authority that did not sign the certificate of the client ports', change: (view) => withGateway(view, 'gateway2', { tls: { ca: secured.otherCaFile } }), says: /gateways-reachable: gateway2: localhost:\d+ cannot be reached: its certificate is signed by an authority/, hint: /hint: name the PEM file .*gateways\.gateway2\.tls\.ca/ },
])('$name: the switch is refused with exit 3, the address and what to do, and nothing was changed', async ({ change, says, hint }) => {
  const { exitCode, stderr } = await secured.gwctl(['failover', '--to', 'failover', '--yes'], change(secured.view), { env: { WRONG_PASSWORD: 'hunter2' } });
  expect(exitCode, stderr).toBe(3);
  expect(stderr).toMatch(says);
  expect(stderr).toMatch(hint);
  expect(stderr).not.toContain('hunter2');
  expect(await status()).toMatchObject({ active: 'main', openRun: null });
});

test('admin URLs that are wrong for every node are a wrong configuration: exit 2', async () => {
  const changed = withGateway(withGateway(secured.view, 'gateway1', { adminTls: { ca: secured.otherCaFile } }), 'gateway2', { adminTls: { ca: secured.otherCaFile } });
  for (const args of [['failover', '--to', 'failover', '--yes'], ['lag'], ['vcluster', 'list']]) {
    const { exitCode, stderr } = await secured.gwctl(args, changed);
    expect(exitCode, stderr).toBe(2);
    expect(stderr).toMatch(/gateway gateway1 cannot be reached at https:.* authority that is not trusted here[^]*hint: name the PEM file/);
  }
});

test('admin URLs that are each other\'s: exit 2, and both are named', async () => {
  const [first, second] = ['gateway1', 'gateway2'].map((name) => secured.view.gateways[name]?.['adminUrl']);
  const { exitCode, stderr } = await secured.gwctl(['failover', '--to', 'failover', '--yes'], withGateway(withGateway(secured.view, 'gateway1', { adminUrl: second }), 'gateway2', { adminUrl: first }));
  expect(exitCode, stderr).toBe(2);
  expect(stderr).toMatch(/gateway gateway1: the node at its address says that it is gateway2\n {2}hint: set gateways\.gateway1\.adminPort \(or adminUrl\)/);
});

async function killBefore(kind: string): Promise<void> {
  const running = secured.startGwctl(['failover', '--to', 'failover', '--yes'], { env: { GWCTL_TEST_HALT_BEFORE: kind } });
  await expect.poll(async () => {
    const { gateways } = await status();
    return gateways.map(({ phase }) => phase).join();
  }, { timeout: 60_000, interval: 100 }).toBe(kind === 'flip-gateways' ? 'drained,drained' : 'paused,paused');
  running.signal('SIGKILL');
  await running.result;
}

test('a run that dies before its decision is rolled back, and MirrorMaker was never touched', async () => {
  await killBefore('drain-gateways');
  const { exitCode, stdout, stderr } = await secured.gwctl(['rollback', '--yes']);
  expect(exitCode, stderr).toBe(0);
  expect(stdout).toMatch(/was given up: gateway1, gateway2 serve main/);
  await awaitReady((args) => secured.gwctl(args), 60_000);
});

test('the plan says that MirrorMaker itself brings the last records, and a run that dies behind its decision is finished by resume', async () => {
  const dry = await secured.gwctl(['failover', '--to', 'failover', '--dry-run']);
  expect(dry.stdout).toMatch(/MirrorMaker brings it while writes wait: its process is not in the hands of gwctl/);
  await killBefore('flip-gateways');
  const { exitCode, stdout, stderr } = await secured.gwctl(['resume', '--yes']);
  expect(exitCode, stderr).toBe(0);
  expect(stdout).toMatch(/switched to failover/);
  expect(await status()).toMatchObject({ active: 'failover', openRun: null });
});

test('history and report tell what was done from here', async () => {
  const { stdout } = await secured.gwctl(['history', '-o', 'json']);
  const { runs } = JSON.parse(stdout) as { readonly runs: readonly { readonly name: string; readonly outcome: string }[] };
  expect(runs.map(({ outcome }) => outcome)).toContain('switched');
  const report = await secured.gwctl(['report', runs.at(-1)?.name ?? '']);
  expect(report.exitCode, report.stderr).toBe(0);
  expect(report.stdout).toMatch(/a record through gateway2: .* on failover/);
});
