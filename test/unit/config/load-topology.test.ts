import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadTopology } from '../../../src/config/load-topology.ts';
import { bootstrapOf, clusterNamed } from '../../../src/topology/lookup.ts';
import type { Topology } from '../../../src/topology/topology.ts';

let cwd = '';
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'gwctl-config-'));
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

function portsOf(topology: Topology): readonly number[] {
  return [
    ...topology.clusters.flatMap(({ brokers }) => brokers.flatMap(({ port, controllerPort }) => [port, controllerPort])),
    ...topology.gateways.flatMap(({ ports, admin }) => [...ports.map(({ port }) => port), admin.port]),
    topology.schemaRegistry.port,
  ];
}

test("without a file the topology is the seed's", async () => {
  const topology = await loadTopology({ portOffset: 0, cwd });
  expect(topology.clusters.map((cluster) => [cluster.name, cluster.role, bootstrapOf(cluster)])).toEqual([
    ['main', 'primary', 'localhost:29092,localhost:29093,localhost:29094'],
    ['failover', 'failover', 'localhost:39092,localhost:39093,localhost:39094'],
  ]);
  expect(topology.clusters.map(({ brokers }) => brokers.map(({ id, controllerPort }) => [id, controllerPort]))).toEqual([
    [[1, 29_192], [2, 29_193], [3, 29_194]],
    [[1, 39_192], [2, 39_193], [3, 39_194]],
  ]);
  expect(topology.gateways.map(({ name, ports, admin }) => [name, ports.map(({ nodeId, port }) => `${nodeId}:${port}`).join(' '), admin])).toEqual([
    ['gateway1', '1:6969 2:6970 3:6971', { host: '127.0.0.1', port: 8888 }],
    ['gateway2', '1:7969 2:7970 3:7971', { host: '127.0.0.1', port: 8889 }],
  ]);
  expect(topology.links).toEqual([{ name: 'main->failover', from: 'main', to: 'failover', topics: '.*', groups: '.*', kafkaVersion: '4.3.1' }]);
  expect(topology.gateway).toEqual({
    canary: { virtualCluster: '_gwctl', topic: 'canary', physicalTopic: '_gwctlcanary' },
    clusterId: 'private',
    adminUsername: 'admin',
    adminPassword: { kind: 'literal', value: 'conduktor' },
    tokenKey: { kind: 'generated', file: 'token-key' },
    maxFrameBytes: 104_857_600,
    holdMs: 25_000,
    maxInFlight: 100,
    limits: { maxConnections: 10_000, maxBytesInFlight: 268_435_456 },
    tenantLimits: {},
    logFormat: 'text',
  });
  expect(topology).toMatchObject({ name: 'default', runtime: 'auto', portOffset: 0, virtualClusters: [] });
  expect(topology.schemaRegistry).toEqual({ enabled: false, port: 8081, cluster: 'main', topic: '_schemas' });
  expect(topology.failover).toEqual({ maxLagRecords: 10_000, maxLagSeconds: 30, pauseBudgetMs: 20_000, alignLeaders: true, deadlines: { translateGroupsMs: 20_000, prepareMs: 10_000, intentMs: 15_000, alignLeadersMs: 5000, takeOverMs: 60_000, drainGroupsMs: 6000, pauseMs: 4000, drainMs: 4000, proveTailMs: 8000, moveGroupsMs: 4000, commitMs: 15_000, flipMs: 4000, resumeMs: 4000, retireMs: 15_000, proveSwitchMs: 20_000 } });
});

test.each([1000, 2000, 3500])('a port offset of %i moves every port, and nothing meets the environment that was not moved', async (portOffset) => {
  const before = portsOf(await loadTopology({ portOffset: 0, cwd }));
  const topology = await loadTopology({ portOffset, cwd });
  const after = portsOf(topology);
  const clientPorts = new Set(topology.gateways.flatMap(({ ports }) => ports.map(({ port }) => port)));
  expect(before).toHaveLength(21);
  // The seed's two gateways are 1000 apart: their clients' ports move a little further.
  expect(after).toEqual(before.map((port, index) => port + portOffset + (clientPorts.has(after[index] ?? 0) ? portOffset / 100 : 0)));
  expect(after.filter((port) => before.includes(port))).toEqual([]);
});

test('./gwctl.yaml is read when it is there, an explicit file instead of it', async () => {
  await writeFile(join(cwd, 'gwctl.yaml'), 'name: found\n');
  await writeFile(join(cwd, 'other.yaml'), 'name: explicit\n');
  expect((await loadTopology({ portOffset: 0, cwd })).name).toBe('found');
  expect((await loadTopology({ file: 'other.yaml', portOffset: 0, cwd })).name).toBe('explicit');
});

test('an explicit file that is missing is an error, not the built-in topology', async () => {
  await expect(loadTopology({ file: 'nope.yaml', portOffset: 0, cwd })).rejects.toMatchObject({ code: 'USAGE', message: 'no configuration file nope.yaml' });
  await expect(loadTopology({ file: '.', portOffset: 0, cwd })).rejects.toMatchObject({ code: 'USAGE', message: 'configuration file . cannot be read (EISDIR)' });
});

test('what a file says wins over the defaults, and the rest follows from it', async () => {
  await writeFile(
    join(cwd, 'gwctl.yaml'),
    `version: 1
kafka: {version: 3.9.2}
clusters:
  main: {brokers: 1, config: {log.retention.ms: 60000, auto.create.topics.enable: false}}
  dr: {brokers: 2, port: 40000, controllerPort: 41000, kafkaVersion: 4.3.1}
gateways:
  edge: {port: 5000, adminPort: 5100, advertisedHost: kafka.example, bindHost: 127.0.0.9}
gateway: {admin: {username: root, password: "file:secrets/admin"}, tokenKey: "env:TOKEN_KEY"}
failover: {pauseBudget: 1.5s}
virtualClusters: [teamA]
`,
  );
  const topology = await loadTopology({ portOffset: 0, cwd });
  expect(clusterNamed(topology, 'main')).toMatchObject({ kafkaVersion: '3.9.2', brokerConfig: { 'log.retention.ms': '60000', 'auto.create.topics.enable': 'false' } });
  expect(clusterNamed(topology, 'dr')).toMatchObject({
    role: 'failover',
    kafkaVersion: '4.3.1',
    brokers: [{ id: 1, host: 'localhost', port: 40_000, controllerPort: 41_000 }, { id: 2, host: 'localhost', port: 40_001, controllerPort: 41_001 }],
  });
  expect(topology.links).toMatchObject([{ name: 'main->dr', kafkaVersion: '3.9.2' }]);
  expect(topology.gateways).toEqual([
    { name: 'edge', driver: 'builtin', workers: 1, advertisedHost: 'kafka.example', bindHost: '127.0.0.9', ports: [{ nodeId: 1, port: 5000 }, { nodeId: 2, port: 5001 }], admin: { host: '127.0.0.9', port: 5100 } },
  ]);
  expect(topology.gateway).toMatchObject({ adminUsername: 'root', adminPassword: { kind: 'file', path: join(cwd, 'secrets/admin') }, tokenKey: { kind: 'env', name: 'TOKEN_KEY' } });
  expect(topology.failover.pauseBudgetMs).toBe(1500);
  expect(topology.virtualClusters).toEqual(['teamA']);
});

test('clusters that are not ours keep their addresses, whatever the offset', async () => {
  await writeFile(join(cwd, 'gwctl.yaml'), 'runtime: external\nclusters:\n  main: {bootstrap: "h1:9092, h2:9093"}\n  failover: {bootstrap: "[::1]:9092"}\n');
  const topology = await loadTopology({ portOffset: 500, cwd });
  expect(topology.clusters.map(bootstrapOf)).toEqual(['h1:9092,h2:9093', '[::1]:9092']);
  expect(topology.gateways[0]?.ports.map(({ port }) => port)).toEqual([7474, 7475]);
});

test('the limits of a virtual cluster: its own, else those of all, else the defaults', async () => {
  await writeFile(join(cwd, 'gwctl.yaml'), 'gateway:\n  limits: {requestsPerSecond: 100}\n  tenantLimits: {teamA: {maxConnections: 5}, teamB: }\n');
  const { gateway: { limits, tenantLimits } } = await loadTopology({ portOffset: 0, cwd });
  expect(limits).toEqual({ maxConnections: 10_000, maxBytesInFlight: 268_435_456, requestsPerSecond: 100 });
  expect(tenantLimits).toEqual({ teamA: { ...limits, maxConnections: 5 }, teamB: limits });
});
