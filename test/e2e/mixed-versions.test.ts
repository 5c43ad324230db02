import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sendRecords } from '../../src/drill/clients/send-records.ts';
import { readApiVersionsBytes } from '../support/api-versions-bytes.ts';
import { startEnvironment, type TestEnvironment } from '../support/environment.ts';
import { runTool } from '../support/kafka-tools.ts';
import { startLiveClients, type LiveClients } from '../support/live-clients.ts';
import { readValues } from '../support/read-values.ts';
import { bootstrapOf, clientOn, clientThrough, issueToken, kafkaThrough, writeProperties } from '../support/service-account.ts';

const DEADLINE = { timeout: 60_000, interval: 200 };
/** A group of kafkajs may wait for several sessions of members that it forgot. */
const GROUP_DEADLINE = { timeout: 120_000, interval: 200 };

describe.each([
  { main: '3.9.2', failover: '4.3.1' },
  { main: '4.3.1', failover: '3.9.2' },
])('main on Kafka $main, failover on $failover', ({ main, failover }) => {
  let environment: TestEnvironment;
  let token: string;
  let properties: string;
  let live: LiveClients | undefined;
  let before: readonly string[];

  beforeAll(async () => {
    environment = await startEnvironment([], `clusters:\n  main: { kafkaVersion: ${main} }\n  failover: { kafkaVersion: ${failover} }\n`);
    token = await issueToken(environment, 'gateway1', 'teamA');
    properties = await writeProperties(environment, 'gateway1', token);
  });
  afterAll(async () => {
    await live?.stop();
    await environment?.dispose();
  });

  /** Every port of every node in three versions of the request. */
  async function apiVersionsEverywhere(): Promise<readonly string[]> {
    const ports = environment.topology.gateways.flatMap((gateway) => gateway.ports.map(({ port }) => port));
    return await Promise.all([0, 3, 4].flatMap((version) => ports.map((port) => readApiVersionsBytes(port, version))));
  }

  test('the brokers are of these versions, and every node and port answers ApiVersions with the same bytes', async () => {
    // ListConfigResources (api 74) has version 1 since Kafka 4.1; 3.9 knows version 0 only.
    for (const [name, version] of [['main', main], ['failover', failover]] as const) {
      const client = clientOn(environment, name);
      const served = await client.apiVersions().finally(() => client.close());
      expect(served.get(74)?.max).toBe(version.startsWith('4.') ? 1 : 0);
    }
    before = await apiVersionsEverywhere();
    expect(before).toHaveLength(18);
    // Versions 3 and 4 differ in what may be in it, and nothing of that is.
    expect(new Set(before).size).toBe(2);
  });

  test('Kafka\'s tools and kafkajs write through a node; then the switch goes through under live clients', async () => {
    const bootstrap = ['--bootstrap-server', bootstrapOf(environment.topology, 'gateway1')];
    const created = await runTool(environment, 'kafka-topics', [...bootstrap, '--command-config', properties, '--create', '--topic', 'users', '--partitions', '1', '--replication-factor', '3']);
    expect(created.exitCode, created.stderr).toBe(0);
    const written = await runTool(environment, 'kafka-console-producer', [...bootstrap, '--producer.config', properties, '--topic', 'users'], 'by a tool\n');
    expect(written.exitCode, written.stderr).toBe(0);
    const kafka = kafkaThrough(environment, 'gateway2', token);
    await sendRecords(kafka, 'users', ['by kafkajs']);
    live = await startLiveClients(kafka, 'users', 'readers');

    const { exitCode, stderr } = await environment.gwctl(['failover', '--to', 'failover', '--yes', '--wait', '1m']);
    expect(exitCode, stderr).toBe(0);
    expect((await environment.gwctl(['failover', '--to', 'failover', '--yes'])).stdout).toMatch(/failover is active already on every node/);
    const acknowledged = live.acknowledged.length;
    await expect.poll(() => live?.acknowledged.length, DEADLINE).toBeGreaterThan(acknowledged + 10);
    await live.stopProducing();
    await expect.poll(() => live?.acknowledged.filter((value) => live?.seen.includes(value) !== true), GROUP_DEADLINE).toEqual([]);
    expect(live.errors).toEqual([]);
    const client = clientOn(environment, 'failover');
    expect(await readValues(client, 'teamAusers').finally(() => client.close())).toEqual(['by a tool', 'by kafkajs', ...live.acknowledged]);
  });

  test('after it ApiVersions has not changed by a byte, and tools and clients read everything', async () => {
    expect(await apiVersionsEverywhere()).toEqual(before);
    const args = ['--bootstrap-server', bootstrapOf(environment.topology, 'gateway1'), '--consumer.config', properties, '--topic', 'users', '--from-beginning', '--max-messages', '2', '--timeout-ms', '30000'];
    const read = await runTool(environment, 'kafka-console-consumer', args);
    expect(read.lines.slice(-2), read.stderr).toEqual(['by a tool', 'by kafkajs']);
    const client = clientThrough(environment, 'gateway2', token);
    await client.produce('users', 0, [{ key: null, value: Buffer.from('after') }], { acks: -1 }).finally(() => client.close());
  });
});
