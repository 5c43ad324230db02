import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openKafkaCluster } from '../../src/adapters/kafka/kafka-cluster.ts';
import { apiVersionsEverywhere } from '../support/api-versions-bytes.ts';
import { watchConnections } from '../support/client-matrix/backend-connections.ts';
import { MATRIX_CLIENTS, ONE_OF_EACH_LANGUAGE, type MatrixClient, type ProgramName } from '../support/client-matrix/client-table.ts';
import { problemsOf } from '../support/client-matrix/judge-client.ts';
import { prepareProgram, type PreparedProgram } from '../support/client-matrix/prepare-program.ts';
import { renderMatrix } from '../support/client-matrix/render-matrix.ts';
import { type MatrixResult, runMatrix } from '../support/client-matrix/run-matrix.ts';
import { startEnvironment, type TestEnvironment } from '../support/environment.ts';
import { clientOn } from '../support/service-account.ts';

/** tools/run-matrix.mjs sets these. All rows with all versions; only the rows whose names begin with one of these. */
const ALL_VERSIONS = process.env['GWCTL_MATRIX_ALL_VERSIONS'] === '1';
const ONLY = (process.env['GWCTL_MATRIX_CLIENTS'] ?? '').split(',').filter((prefix) => prefix !== '');

/** Nothing is cached: every program takes its FETCH_LIMIT_MS, side by side; then the run itself. */
const SETUP_MS = 600_000;

// Where leaders are not aligned, every client is told after the flip that another broker leads: nobody may notice that, either.
const PAIRS = [
  { main: '4.3.1', failover: '4.3.1', isWhole: true, alignLeaders: true },
  { main: '3.9.2', failover: '4.3.1', isWhole: ALL_VERSIONS, alignLeaders: false },
  { main: '4.3.1', failover: '3.9.2', isWhole: ALL_VERSIONS, alignLeaders: false },
];

/** More of them at once would wait for the processors, and not for the switch. */
const MOST_CLIENTS = 12;
const RUNS = PAIRS.flatMap((pair) => {
  const all = rowsFor([pair.main, pair.failover], pair.isWhole);
  const runs = Math.max(1, Math.ceil(all.length / MOST_CLIENTS));
  return Array.from({ length: runs }, (_, run) => ({ ...pair, run: run + 1, runs, clients: all.filter((__, index) => index % runs === run) }));
});

describe.each(RUNS)('main on Kafka $main, failover on $failover, leaders aligned: $alignLeaders, run $run of $runs', ({ main: mainVersion, failover: failoverVersion, alignLeaders, clients }) => {
  let environment: TestEnvironment;
  let programs: ReadonlyMap<ProgramName, PreparedProgram>;
  let result: MatrixResult;
  const apiVersions: (readonly string[])[] = [];

  beforeAll(async () => {
    const startedAtMs = performance.now();
    const tell = (line: string): void => void process.stderr.write(`${((performance.now() - startedAtMs) / 1000).toFixed(1).padStart(6)} s  ${line}\n`);
    const names = [...new Set(clients.map(({ program }) => program))];
    // Not beside the environment: compilers would take the processors away from what has time limits.
    programs = new Map(await Promise.all(names.map(async (name) => [name, await prepareProgram(name)] as const)));
    environment = await startEnvironment([], `clusters:\n  main: { kafkaVersion: ${mainVersion} }\n  failover: { kafkaVersion: ${failoverVersion} }\nfailover:\n  alignLeaders: ${alignLeaders}\n`);
    tell(`the clients are built, the environment runs: main on Kafka ${mainVersion}, failover on ${failoverVersion}`);
    apiVersions.push(await apiVersionsEverywhere(environment.topology));
    result = await runMatrix(environment, clients, programs, tell);
    apiVersions.push(await apiVersionsEverywhere(environment.topology));
    process.stdout.write(`\n${renderMatrix(result.rows, [...programs.values()].flatMap((program) => (program.kind === 'missing' ? [program.reason] : [])))}\n`);
  }, SETUP_MS);
  afterAll(async () => await environment?.dispose());

  test('main has had three leader elections and failover none, and every leader is on another node', () => {
    const { main, failover } = result.leaders;
    expect(main.size).toBeGreaterThanOrEqual(clients.length * 3);
    for (const [partition, { leader, epoch }] of main) {
      expect(epoch, partition).toBeGreaterThanOrEqual(3);
      expect(failover.get(partition)?.epoch, partition).toBe(0);
      expect(failover.get(partition)?.leader, partition).not.toBe(leader);
    }
  });

  test('gwctl failover says that it switched', () => {
    expect(result.failover, result.failover.stderr).toMatchObject({ exitCode: 0 });
  });

  test('the brokers are of these versions, and every node and port answers ApiVersions with the same bytes, before the switch and after it', async () => {
    // ListConfigResources (api 74) has version 1 since Kafka 4.1; 3.9 knows version 0 only.
    for (const [name, version] of [['main', mainVersion], ['failover', failoverVersion]] as const) {
      const client = clientOn(environment, name);
      const served = await client.apiVersions().finally(() => client.close());
      expect(served.get(74)?.max).toBe(version.startsWith('4.') ? 1 : 0);
    }
    const [before, after] = apiVersions;
    expect(before).toHaveLength(18);
    // Versions 3 and 4 differ in what may be in it, and nothing of that is.
    expect(new Set(before).size).toBe(2);
    expect(after).toEqual(before);
  });

  for (const client of clients) {
    test(`${client.name} does not notice the switch`, (context) => {
      const program = programs.get(client.program);
      if (program?.kind === 'missing') return context.skip(program.reason);
      const row = result.rows.find((candidate) => candidate.client === client);
      if (row === undefined) throw new Error(`${client.name} has no row`);
      const { acknowledged, sent, longestAckGapMs } = row.verdict;
      const problems = problemsOf(row);
      const what = problems.length === 0 ? '' : [...problems, `${acknowledged} of ${sent} records acknowledged, longest gap ${longestAckGapMs} ms`].join('; ');
      expect(what, result.chatter.get(client.program)?.join('\n')).toBe('');
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
});

/** KIP-848's groups are there where every cluster has them. */
function rowsFor(versions: readonly string[], isWhole: boolean): readonly MatrixClient[] {
  const hasNewGroups = versions.every((version) => Number.parseInt(version, 10) >= 4);
  return MATRIX_CLIENTS.filter(({ name, mode }) => (hasNewGroups || mode !== 'kip848') && (ONLY.length === 0 ? isWhole || ONE_OF_EACH_LANGUAGE.has(name) : ONLY.some((prefix) => name.startsWith(prefix))));
}
