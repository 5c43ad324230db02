import { expect, test } from 'vitest';
import { internalTopicsOf } from '../../../../src/adapters/runtime/internal-topics.ts';
import { parseTopology } from '../../../../src/config/parse-topology.ts';
import { renderMm2Properties } from '../../../../src/topology/render-mm2-properties.ts';
import { renderProperties } from '../../../../src/topology/render-properties.ts';
import { renderServerProperties } from '../../../../src/topology/render-server-properties.ts';
import type { Cluster, MirrorLink, Topology } from '../../../../src/topology/topology.ts';

const seed = topologyOf('version: 1\n');
const small = topologyOf('version: 1\nclusters:\n  main: {role: primary, brokers: 3, port: 29092}\n  failover: {role: failover, brokers: 1, port: 39092}\n');

test('a broker of three listens on loopback, is known as localhost, and keeps three copies of which two must be in sync', () => {
  const cluster = clusterOf(seed, 'main');
  const [, second] = cluster.brokers;
  expect(second).toBeDefined();
  const properties = parse(renderServerProperties(cluster, second ?? { id: 0, host: '', port: 0, controllerPort: 0 }, '/data'));
  expect(properties).toMatchObject({
    'node.id': '2',
    listeners: 'CLIENT://127.0.0.1:29093,CONTROLLER://127.0.0.1:29193',
    'advertised.listeners': 'CLIENT://localhost:29093',
    'controller.quorum.voters': '1@localhost:29192,2@localhost:29193,3@localhost:29194',
    'default.replication.factor': '3',
    'min.insync.replicas': '2',
    'auto.create.topics.enable': 'false',
    'log.dirs': '/data',
  });
});

test('a single broker asks for one copy, and the configuration of the topology wins over ours', () => {
  const cluster: Cluster = { ...clusterOf(small, 'failover'), brokerConfig: { 'auto.create.topics.enable': 'true' } };
  const [only] = cluster.brokers;
  const properties = parse(renderServerProperties(cluster, only ?? { id: 0, host: '', port: 0, controllerPort: 0 }, '/data'));
  expect(properties).toMatchObject({ 'offsets.topic.replication.factor': '1', 'transaction.state.log.min.isr': '1', 'auto.create.topics.enable': 'true' });
});

test('MirrorMaker copies exactly once, keeps names, leaves its syncs on the target, and never copies the log of decisions', () => {
  const properties = parse(renderMm2Properties(seed));
  expect(properties).toMatchObject({
    clusters: 'main,failover',
    'main.bootstrap.servers': 'localhost:29092,localhost:29093,localhost:29094',
    'main->failover.enabled': 'true',
    'failover->main.enabled': 'false',
    'failover->main.emit.heartbeats.enabled': 'true',
    'failover.exactly.once.source.support': 'enabled',
    'main.exactly.once.source.support': 'disabled',
    'main->failover.consumer.isolation.level': 'read_committed',
    'main->failover.offset-syncs.topic.location': 'target',
    'replication.policy.class': 'org.apache.kafka.connect.mirror.IdentityReplicationPolicy',
  });
  const excluded = (properties['main->failover.topics.exclude'] ?? '').split(',').map((pattern) => new RegExp(`^(?:${pattern})$`));
  const isExcluded = (topic: string) => excluded.some((pattern) => pattern.test(topic));
  expect(['_gatewayState', '__consumer_offsets', 'mm2-offsets.main.internal'].map(isExcluded)).toEqual([true, true, true]);
  expect(['_topicMappings', '_acls', '_auditLogs', '_schemas', 'teamAusers', 'heartbeats'].map(isExcluded)).toEqual([false, false, false, false, false, false]);
});

test('each cluster gets as many copies as it has brokers for', () => {
  const properties = parse(renderMm2Properties(small));
  expect(properties).toMatchObject({ 'main->failover.replication.factor': '1', 'failover.offset.storage.replication.factor': '1', 'main.offset.storage.replication.factor': '3', 'failover->main.heartbeats.topic.replication.factor': '3', 'main->failover.heartbeats.topic.replication.factor': '1' });
});

test('two links in both directions are refused: with names kept, each record would be copied for ever', () => {
  const [link] = seed.links as [MirrorLink];
  const back: MirrorLink = { ...link, name: 'failover->main', from: 'failover', to: 'main' };
  expect(() => renderMm2Properties(seed, [link, back])).toThrow('would copy each record for ever');
  expect(parse(renderMm2Properties(seed, [back]))).toMatchObject({ 'failover->main.enabled': 'true', 'main.exactly.once.source.support': 'enabled' });
});

test('the log of decisions is on both clusters, keeps every record, and Connect finds its topics made', () => {
  for (const name of ['main', 'failover']) {
    const state = internalTopicsOf(clusterOf(seed, name), seed.links).find((topic) => topic.name === '_gatewayState');
    expect(state).toMatchObject({ partitions: 1, configs: { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'min.insync.replicas': '2' } });
  }
  const names = (cluster: string) => internalTopicsOf(clusterOf(seed, cluster), seed.links).map((topic) => topic.name);
  expect(names('failover')).toEqual(expect.arrayContaining(['mm2-offsets.main.internal', 'mm2-status.main.internal', 'mm2-configs.main.internal', 'main.heartbeats']));
  expect(names('main')).toEqual(expect.arrayContaining(['heartbeats', 'mm2-offsets.failover.internal']));
  expect(names('main')).not.toContain('main.heartbeats');
});

test('properties survive blanks, backslashes and line ends', () => {
  expect(renderProperties({ 'a b': ' x\\y\nz', 'ü': 'é' })).toBe('a\\ b=\\ x\\\\y\\nz\n\\u00fc=\\u00e9\n');
});

function topologyOf(text: string): Topology {
  return parseTopology(text, { fileName: 'gwctl.yaml', portOffset: 0, baseDir: '/' });
}

function clusterOf({ clusters }: Topology, name: string): Cluster {
  const cluster = clusters.find((each) => each.name === name);
  if (cluster === undefined) throw new Error(`no cluster ${name}`);
  return cluster;
}

function parse(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line !== '');
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1).replaceAll('\\\\', '\\')]));
}
