import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { renderStack } from '../../../../src/adapters/compose/render-stack.ts';
import { parseTopology } from '../../../../src/config/parse-topology.ts';

type Facts = Readonly<Record<string, unknown>>;
/** Every field of the walk-through's own files: `a / b / c` -> value. */
const FACTS = JSON.parse(readFileSync(new URL('fixtures/seed-facts.json', import.meta.url), 'utf8')) as { readonly compose: Facts; readonly clusters: Facts; readonly mm2: Facts };

const CP_VERSION = '`latest` runs without ZooKeeper today; 7.5 is what it was when the walk-through was recorded';
const confluent = ['zookeeper', 'kafka1', 'kafka2', 'kafka3', 'schema-registry', 'cli-kcat', 'failover-kafka1', 'failover-kafka2', 'failover-kafka3', 'mirror-maker'];

/** Every difference, and why it is one. */
const DIFFERENCES: Readonly<Record<string, string>> = {
  version: 'compose v2 ignores it, and warns',
  name: 'containers, volumes and the network carry the environment\'s name',
  ...Object.fromEntries([1, 2, 3].map((id) => [`services / failover-kafka${id} / environment / KAFKA_ADVERTISED_LISTENERS`, 'the same two listeners in the order that the main cluster has them'])),
  ...Object.fromEntries(confluent.map((service) => [`services / ${service} / image`, CP_VERSION])),
};

describe('the stack of the walk-through', async () => {
  const topology = parseTopology('', { fileName: 'none', portOffset: 0, baseDir: '/' });
  const files = await renderStack({ stack: 'seed', topology, environmentDir: '/env', command: 'gwctl render compose --template seed' });
  const compose = flatten(parse(files['compose.yaml'] ?? ''));

  test('differs in nothing but what is listed', () => expect(differencesOf(FACTS.compose, compose)).toEqual(Object.keys(DIFFERENCES).sort()));

  test('listeners that only stand in another order are the same ones', () => {
    const reordered = Object.keys(DIFFERENCES).filter((path) => path.endsWith('KAFKA_ADVERTISED_LISTENERS'));
    const sorted = (value: unknown) => String(value).split(',').sort();
    expect(reordered.map((path) => sorted(compose[path]))).toEqual(reordered.map((path) => sorted(FACTS.compose[path])));
  });

  test('a field that is missing, new or changed would be noticed', () => {
    const { 'services / gateway2 / environment / GATEWAY_START_PORT': _, ...rest } = compose;
    const changed = { ...rest, 'services / gateway1 / ports / 3': '8888:8889', 'services / new / image': 'x' };
    expect(differencesOf(compose, changed)).toEqual(['services / gateway1 / ports / 3', 'services / gateway2 / environment / GATEWAY_START_PORT', 'services / new / image']);
  });

  test('has fixed versions of images that still run with ZooKeeper', () => {
    const images = confluent.map((service) => String(compose[`services / ${service} / image`]));
    expect(images.map((image) => image.split(':')[0])).toEqual(confluent.map((service) => String(FACTS.compose[`services / ${service} / image`]).split(':')[0]));
    for (const image of images) expect(Number(image.split(':')[1]?.split('.')[0])).toBeLessThan(8);
  });

  test('clusters.yaml and mm2.properties say the same', () => {
    expect(flatten(parse(files['clusters.yaml'] ?? ''))).toEqual(FACTS.clusters);
    expect(propertiesIn(files['mm2.properties'] ?? '')).toEqual(FACTS.mm2);
  });

  test('every file begins with the command that made it', () => {
    for (const text of Object.values(files)) expect(text).toMatch(/^# made by `gwctl render compose --template seed` \(gwctl \d/);
  });

  test('ports and names follow the topology', async () => {
    const other = parseTopology('clusters: {east: {role: primary, brokers: 1, port: 10000}, west: {brokers: 2, port: 11000}}', { fileName: 'none', portOffset: 100, baseDir: '/' });
    const moved = flatten(parse((await renderStack({ stack: 'seed', topology: other, environmentDir: '/env', command: 'x' }))['compose.yaml'] ?? ''));
    expect(moved).toMatchObject({
      name: 'gwctl-default-100',
      'services / kafka1 / ports / 0': '10100:10100',
      'services / west-kafka2 / environment / KAFKA_ZOOKEEPER_CONNECT': 'zookeeper:2801/west',
      'services / gateway1 / environment / GATEWAY_START_PORT': 7070,
      'services / mirror-maker / healthcheck / test': 'nc -zv west-kafka2 9093 || exit 1',
    });
  });
});

function differencesOf(left: Facts, right: Facts): string[] {
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].filter((path) => left[path] !== right[path] || path in left !== path in right).sort();
}

function flatten(value: unknown, path: readonly string[] = []): Record<string, unknown> {
  if (value === null || typeof value !== 'object' || Object.keys(value).length === 0) return { [path.join(' / ')]: value };
  return Object.assign({}, ...Object.entries(value).map(([key, inner]) => flatten(inner, [...path, key]))) as Record<string, unknown>;
}

function propertiesIn(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}
