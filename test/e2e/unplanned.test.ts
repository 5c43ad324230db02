import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signalComponent } from '../support/component.ts';
import { awaitCondition, decisionOfGeneration, runHalted } from '../support/kill-lab.ts';
import { clientOn, clientThrough, issueToken, readNodeState } from '../support/service-account.ts';
import { openUnplannedLab, SMALL_UNPLANNED_CONFIG, type UnplannedLab, type UnplannedResult } from '../support/unplanned-lab.ts';

const SETTLE_MS = 60_000;
const BUDGET = ['--yes', '--max-loss-records', '100000'];
/** Less than any time-out of a client on a dead cluster (10 s), on a machine that is busy with other things. */
const SOON_MS = 8000;
const ANN = 'ann@example.com';
let lab: UnplannedLab;

function errorOf({ stdout }: UnplannedResult): { readonly code: string; readonly message: string } {
  return (JSON.parse(stdout) as { error: { code: string; message: string } }).error;
}

async function bothServe(cluster: string): Promise<void> {
  await awaitCondition(SETTLE_MS, `both nodes serve ${cluster}`, async () => {
    const states = await Promise.all(['gateway1', 'gateway2'].map((node) => readNodeState(lab.environment, node).catch(() => undefined)));
    return states.every((state) => state?.active === cluster && state.phase === 'serving');
  });
}

async function auditLines(cluster: string): Promise<string[]> {
  const client = clientOn(lab.environment, cluster);
  const lines: string[] = [];
  for await (const { value } of client.readRecords('_auditLogs', 0, 0n, { isolation: 'read_committed' })) lines.push(value?.toString('utf8') ?? '');
  client.close();
  return lines;
}

describe('main is killed under load, MirrorMaker before it', () => {
  beforeAll(async () => {
    lab = await openUnplannedLab({ config: SMALL_UNPLANNED_CONFIG });
  });
  afterAll(async () => await lab?.dispose());

  test('records are acknowledged that nobody copies any more', async () => {
    await lab.untilMore(500);
    await signalComponent(lab.environment, 'mirror-maker', 'SIGKILL');
    await lab.untilMore(1000);
    await lab.signalMain('SIGKILL');
  });

  test.each([
    { name: 'a loss above the budget', args: ['--yes', '--max-loss-records', '10'], why: /loss-allowed: \d{3,} records.*allowed: 10 records/ },
    { name: 'a loss without a budget', args: ['--yes'], why: /loss-allowed: \d{3,} records/ },
    { name: 'a node that is left out, since what it has acknowledged is not known', args: [...BUDGET, '--without-node', 'gateway2'], why: /what gateway2 has acknowledged is not known: it is left out of the run/ },
  ])('$name is refused: exit 3, nothing is changed', async ({ args, why }) => {
    const refused = await lab.failover(...args);
    expect([refused.exitCode, errorOf(refused).code]).toEqual([3, 'CHECK_FAILED']);
    expect(errorOf(refused).message).toMatch(why);
    for (const node of ['gateway1', 'gateway2']) expect(await readNodeState(lab.environment, node)).toMatchObject({ phase: 'serving', active: 'main', generation: 1, run: null });
    expect(await decisionOfGeneration(lab.environment, 2)).toBeUndefined();
  });

  test('a dry run shows the loss and the plan, and changes nothing', async () => {
    const { exitCode, stdout, stderr } = await lab.environment.gwctl(['failover', '--to', 'failover', '--mode', 'unplanned', '--dry-run']);
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toMatch(/acknowledged on main, and not on failover[^]*teamAload +4 +\d+/);
    expect(stdout).toMatch(/fence MirrorMaker[^]*reckon again what is lost[^]*gwctl failover --mode unplanned --to failover --expect-active main --plan-hash [0-9a-f]{12}$/);
    expect(await readNodeState(lab.environment, 'gateway1')).toMatchObject({ active: 'main', generation: 1 });
  });

  test('within the budget it is switched; what was announced is what the clients have lost, record by record', async () => {
    const { exitCode, stdout, stderr, loss, firstAckMs } = await lab.failover(...BUDGET);
    expect(exitCode, `${stdout}\n${stderr}`).toBe(0);
    await lab.untilMore(100);
    const lost = await lab.lostRecords();
    process.stdout.write(`announced ${loss?.records ?? '?'}, lost ${lost.length}, first acknowledgement ${firstAckMs?.toFixed(0) ?? '?'} ms after the command\n`);
    expect(firstAckMs).toBeLessThan(SOON_MS);
    expect(loss).toMatchObject({ records: lost.length, isExact: true, unknown: [] });
    expect(lost.length).toBeGreaterThan(500);
  });

  test('when main comes back, it is told, and the nodes stay where they are', async () => {
    const up = await lab.environment.gwctl(['up', '--no-gateways']);
    expect(up.exitCode, up.stderr).toBe(0);
    const main = clientOn(lab.environment, 'main');
    await awaitCondition(SETTLE_MS, 'the log of main knows of the switch', async () => {
      const values: string[] = [];
      for await (const { value } of main.readRecords('_gatewayState', 0, 0n, { isolation: 'read_uncommitted' })) values.push(value?.toString('utf8') ?? '');
      return values.some((value) => /"kind":"commit".*"to":"failover"/.test(value));
    }).finally(() => main.close());
    await bothServe('failover');
    expect(JSON.parse((await lab.environment.gwctl(['status', '-o', 'json'])).stdout)).toMatchObject({ active: 'failover' });
  });
});

describe('main hangs, and so does one of the nodes', () => {
  beforeAll(async () => {
    lab = await openUnplannedLab({ config: SMALL_UNPLANNED_CONFIG });
    await lab.untilMore(500);
  });
  afterAll(async () => {
    await signalComponent(lab.environment, 'gateway2', 'SIGCONT').catch(() => {});
    await lab?.signalMain('SIGCONT').catch(() => {});
    await lab?.dispose();
  });

  test('a switch that is given up once the nodes have let go of main: what clients had asked it before is asked anew, and answered when it goes on', async () => {
    const reader = clientThrough(lab.environment, 'gateway1', await issueToken(lab.environment, 'gateway1', 'teamA'));
    const end = { topic: 'load', partition: 0, timestamp: -1n, isolation: 'read_uncommitted' as const };
    const [before] = await reader.listOffsets([end]);
    await lab.signalMain('SIGSTOP');
    const asked = reader.listOffsets([end], { timeoutMs: SETTLE_MS });
    const { exitCode, stderr } = await runHalted(lab.environment, ['--mode', 'unplanned', '--max-loss-records', '100000'], 'confirm-loss', async ({ gwctl }) => gwctl.signal('SIGINT'));
    expect(exitCode, stderr).toBe(130);
    expect(stderr).toMatch(/every node serves main again; .*; MirrorMaker is ended: `gwctl up` starts it again/);
    await bothServe('main');
    let isAnswered = false;
    void asked.then(() => (isAnswered = true), () => {});
    await lab.signalMain('SIGCONT');
    // Long before the reader's own time-out, after which it would ask on a new connection.
    await awaitCondition(SOON_MS, 'what was asked before is answered', async () => isAnswered);
    expect((await asked)[0]?.offset).toBeGreaterThanOrEqual(before?.offset ?? 0n);
    reader.close();
    expect((await lab.environment.gwctl(['up'])).exitCode).toBe(0);
    await lab.untilMore(100);
  });

  test('a node that does not answer refuses the run, and the hint says how to leave it out', async () => {
    await lab.signalMain('SIGSTOP');
    await signalComponent(lab.environment, 'gateway2', 'SIGSTOP');
    const refused = await lab.failover(...BUDGET);
    expect(refused.exitCode).toBe(3);
    expect(JSON.stringify(JSON.parse(refused.stdout))).toMatch(/gateways-agree[^]*--without-node gateway2/);
  });

  test('without it, somebody answers for the loss, which is written down', async () => {
    const { exitCode, stdout, stderr, firstAckMs } = await lab.failover('--yes', '--without-node', 'gateway2', '--accept-loss-by', ANN);
    expect(exitCode, `${stdout}\n${stderr}`).toBe(0);
    await lab.untilMore(50);
    expect(firstAckMs).toBeLessThan(SOON_MS);
    process.stdout.write(`main hangs: first acknowledgement ${firstAckMs?.toFixed(0) ?? '?'} ms after the command\n`);
    await awaitCondition(SETTLE_MS, 'the audit log names who answers', async () => (await auditLines('failover')).some((line) => line.includes(`"lossAcceptedBy":"${ANN}"`)));
    const history = JSON.parse((await lab.environment.gwctl(['history', '-o', 'json'])).stdout) as { runs?: { name: string }[] } | { name: string }[];
    const run = (Array.isArray(history) ? history : (history.runs ?? [])).at(-1);
    expect((await lab.environment.gwctl(['report', run?.name ?? ''])).stdout).toContain(`accepted by ${ANN}`);
  });

  test('when the node and main come back, the node stops by itself: nothing more is acknowledged on main', async () => {
    const main = clientOn(lab.environment, 'main');
    await lab.signalMain('SIGCONT');
    await signalComponent(lab.environment, 'gateway2', 'SIGCONT');
    await bothServe('failover');
    const ends = async (): Promise<bigint[]> => (await main.listOffsets([0, 1, 2, 3].map((partition) => ({ topic: 'teamAload', partition, timestamp: -1n, isolation: 'read_uncommitted' as const })))).map(({ offset }) => offset);
    const before = await ends();
    await lab.untilMore(100);
    expect(await ends()).toEqual(before);
    main.close();
  });
});
