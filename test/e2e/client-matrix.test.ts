import { afterAll, beforeAll, expect, test } from 'vitest';
import { openKafkaCluster } from '../../src/adapters/kafka/kafka-cluster.ts';
import { watchConnections } from '../support/client-matrix/backend-connections.ts';
import { EXPECTED_TO_FAIL, MATRIX_CLIENTS, type ProgramName } from '../support/client-matrix/client-table.ts';
import { problemsOf } from '../support/client-matrix/judge-client.ts';
import { prepareProgram, type PreparedProgram } from '../support/client-matrix/prepare-program.ts';
import { renderMatrix } from '../support/client-matrix/render-matrix.ts';
import { type MatrixResult, runMatrix } from '../support/client-matrix/run-matrix.ts';
import { startEnvironment, type TestEnvironment } from '../support/environment.ts';

/** Nothing is cached: every program takes its FETCH_LIMIT_MS, side by side; then the run itself. */
const SETUP_MS = 600_000;

/** No excuse covers these. */
const NEVER = /^(feed: )?(lost|invented): |past the gateway/;

/** Only the rows whose names begin with one of these, separated by commas. */
const ONLY = (process.env['GWCTL_MATRIX_CLIENTS'] ?? '').split(',').filter((prefix) => prefix !== '');
const CLIENTS = MATRIX_CLIENTS.filter(({ name }) => ONLY.length === 0 || ONLY.some((prefix) => name.startsWith(prefix)));

let environment: TestEnvironment;
let programs: ReadonlyMap<ProgramName, PreparedProgram>;
let result: MatrixResult;

beforeAll(async () => {
  const startedAtMs = performance.now();
  const tell = (line: string): void => void process.stderr.write(`${((performance.now() - startedAtMs) / 1000).toFixed(1).padStart(6)} s  ${line}\n`);
  const names = [...new Set(CLIENTS.map(({ program }) => program))];
  // Not beside each other: compilers would take the processors away from what has time limits.
  programs = new Map(await Promise.all(names.map(async (name) => [name, await prepareProgram(name)] as const)));
  environment = await startEnvironment();
  tell('the clients are built, the environment runs');
  result = await runMatrix(environment, CLIENTS, programs, tell);
  process.stdout.write(`\n${renderMatrix(result.rows, [...programs.values()].flatMap((program) => (program.kind === 'missing' ? [program.reason] : [])))}\n`);
}, SETUP_MS);
afterAll(async () => await environment?.dispose());

test('main has had three leader elections and failover none, and every leader is on another node', () => {
  const { main, failover } = result.leaders;
  expect(main.size).toBeGreaterThanOrEqual(CLIENTS.length * 3);
  for (const [partition, { leader, epoch }] of main) {
    expect(epoch, partition).toBeGreaterThanOrEqual(3);
    expect(failover.get(partition)?.epoch, partition).toBe(0);
    expect(failover.get(partition)?.leader, partition).not.toBe(leader);
  }
});

test('gwctl failover says that it switched', () => {
  expect(result.failover, result.failover.stderr).toMatchObject({ exitCode: 0 });
});

for (const client of CLIENTS) {
  const excuse = EXPECTED_TO_FAIL.get(client.name);
  test(`${client.name} ${excuse === undefined ? 'does not notice the switch' : `is not saved ${excuse.isCertain ? '' : 'each time '}yet: ${excuse.reason}`}`, (context) => {
    const program = programs.get(client.program);
    if (program?.kind === 'missing') return context.skip(program.reason);
    const row = result.rows.find((candidate) => candidate.client === client);
    if (row === undefined) throw new Error(`${client.name} has no row`);
    const problems = problemsOf(row);
    if (excuse === undefined) expect(problems, result.chatter.get(client.program)?.join('\n')).toEqual([]);
    else if (!excuse.isCertain) {
      expect(problems.filter((problem) => NEVER.test(problem))).toEqual([]);
      return context.skip(problems.length === 0 ? 'it passed this time' : problems.join('; '));
    } else expect(problems, 'it passes now: take it off EXPECTED_TO_FAIL').not.toEqual([]);
  });
}

test('a connection to a broker is seen when there is one: this process has some', async () => {
  const [main] = environment.topology.clusters;
  if (main === undefined) throw new Error('the topology has no cluster');
  const watch = watchConnections(new Set(main.brokers.map(({ port }) => port)));
  watch.watch(process.pid);
  const cluster = openKafkaCluster(main);
  try {
    await cluster.describe();
    await expect.poll(() => watch.seen(process.pid).size).toBeGreaterThan(0);
  } finally {
    await cluster.close();
    await watch.stop();
  }
});
