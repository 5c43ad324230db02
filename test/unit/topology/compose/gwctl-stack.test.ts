import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { renderStack } from '../../../../src/adapters/compose/render-stack.ts';
import { parseTopology } from '../../../../src/config/parse-topology.ts';
import { kafkaClusterId, variableOf } from '../../../../src/topology/compose/broker-environment.ts';
import { fillTemplate } from '../../../../src/topology/compose/fill-template.ts';
import { projectName } from '../../../../src/topology/compose/project-name.ts';

interface Compose {
  readonly name: string;
  readonly services: Readonly<Record<string, { readonly image: string; readonly ports?: readonly string[]; readonly environment?: Readonly<Record<string, string>>; readonly labels: Readonly<Record<string, string>>; readonly healthcheck?: object; readonly volumes?: readonly string[]; readonly secrets?: readonly { readonly source: string; readonly uid: string; readonly mode: number }[] }>>;
  readonly secrets?: object;
  readonly configs: Readonly<Record<string, { readonly content: string }>>;
  readonly volumes: object;
}

const topologyOf = (text = '', portOffset = 0) => parseTopology(text, { fileName: 'none', portOffset, baseDir: '/' });
const renderText = async (text = '', portOffset = 0) => (await renderStack({ stack: 'gwctl', topology: topologyOf(text, portOffset), environmentDir: '/env', command: 'gwctl render compose' }))['compose.yaml'] ?? '';
const render = async (text = '', portOffset = 0) => parse(await renderText(text, portOffset)) as Compose;

async function renderTls(): Promise<string> {
  const topology = topologyOf();
  const tls = (name: string) => ({ certFile: `/host/${name}.pem`, keyFile: `/host/${name}.key`, caFile: '/host/ca.pem', clientCaFile: '/host/clients.pem', ownCertFile: '/host/own.pem', ownKeyFile: '/host/own.key' });
  const gateways = topology.gateways.map((node) => ({ ...node, tls: tls(node.name), admin: { ...node.admin, tls: tls(node.name) } }));
  return (await renderStack({ stack: 'gwctl', topology: { ...topology, gateways }, environmentDir: '/env', command: 'x' }))['compose.yaml'] ?? '';
}

describe('our own stack', () => {
  test('has a service for each component, all with a healthcheck, and a volume for whatever keeps data', async () => {
    const { services, volumes } = await render('schemaRegistry: {enabled: true}');
    expect(Object.keys(services)).toEqual(['main-1', 'main-2', 'main-3', 'failover-1', 'failover-2', 'failover-3', 'mirror-maker', 'schema-registry', 'gateway1', 'gateway2', 'kcat']);
    expect(Object.entries(services).filter(([, { healthcheck }]) => healthcheck === undefined)).toEqual([]);
    expect(Object.keys(volumes)).toEqual(['main-1-data', 'main-2-data', 'main-3-data', 'failover-1-data', 'failover-2-data', 'failover-3-data', 'gateway1-data', 'gateway2-data']);
  });

  test('publishes ports on loopback, or where the node binds', async () => {
    const { services } = await render('gateway: {admin: {password: env:P}}\ngateways: {gateway1: {}, gateway2: {bindHost: 0.0.0.0}}');
    expect(services['main-2']?.ports).toEqual(['127.0.0.1:29093:19092']);
    expect(services['gateway1']?.ports).toEqual(['6969', '6970', '6971', '8888'].map((port) => `127.0.0.1:${port}:${port}`));
    expect(services['gateway2']?.ports?.[0]).toBe('0.0.0.0:7969:7969');
  });

  test('brokers tell containers their names, and the host its own ports', async () => {
    const { services } = await render('', 1000);
    expect(services['failover-3']?.environment).toMatchObject({
      KAFKA_ADVERTISED_LISTENERS: 'CLIENT://failover-3:9092,HOST://localhost:40094',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@failover-1:9093,2@failover-2:9093,3@failover-3:9093',
      KAFKA_NODE_ID: '3',
    });
  });

  test('extra broker properties of gwctl.yaml win, and dollars in them stay dollars', async () => {
    const { services } = await render('clusters: {main: {config: {num.io.threads: 9, a: "$HOME"}}, failover: {}}');
    expect(services['main-1']?.environment).toMatchObject({ KAFKA_NUM_IO_THREADS: '9', KAFKA_A: '$$HOME' });
  });

  test('two environments share no name', async () => {
    const [one, other] = [await render(), await render('', 1000)];
    expect([one.name, other.name]).toEqual(['gwctl-default', 'gwctl-default-1000']);
    expect(one.services['main-1']?.environment?.['CLUSTER_ID']).not.toBe(other.services['main-1']?.environment?.['CLUSTER_ID']);
    expect(projectName({ name: 'East_1', portOffset: 0 })).toBe('gwctl-east_1');
  });

  test('holds no secret', async () => {
    const text = await renderText();
    expect(text).not.toContain('conduktor');
    expect((parse(text) as Compose).services['gateway1']?.environment).toMatchObject(Object.fromEntries(['GWCTL_ADMIN_PASSWORD', 'GWCTL_TOKEN_KEY'].map((name) => [name, `\${${name}:?}`])));
  });

  test('the file, and each file in it, begins with the command that made it', async () => {
    const text = await renderText();
    const { configs } = parse(text) as Compose;
    for (const each of [text, ...Object.values(configs).map(({ content }) => content)]) expect(each).toMatch(/^# made by `gwctl render compose` \(gwctl \d/);
  });

  test('a changed configuration changes a label, so that the container is made anew', async () => {
    const [before, after] = [await render(), await render('gateway: {holdMs: 24000}')];
    expect(before.services['gateway1']?.labels['gwctl.config']).not.toBe(after.services['gateway1']?.labels['gwctl.config']);
    expect(before.services['main-1']?.labels).toEqual(after.services['main-1']?.labels);
  });

  test('without TLS there are no secret files, and nodes are asked in plain text', async () => {
    const { secrets, services } = await render();
    expect([secrets, services['gateway1']?.secrets, services['gateway1']?.labels['gwctl.tls']]).toEqual([undefined, undefined, undefined]);
    expect(services['gateway1']?.environment?.['GWCTL_HEALTH_URL']).toBe('http://127.0.0.1:8888/health');
  });

  test('certificates and keys come through variables: each node gets its own, and what it trusts the others by', async () => {
    const text = await renderTls();
    const { secrets, services, configs } = parse(text) as Compose;
    expect(secrets).toMatchObject({ 'gateway1-key': { environment: 'GWCTL_TLS_1_KEY' }, 'gateway2-admin-ca': { environment: 'GWCTL_TLS_2_ADMIN_CA' } });
    expect(services['gateway1']?.secrets?.map(({ source }) => source)).toEqual(['gateway1-cert', 'gateway1-key', 'gateway1-client-ca', 'gateway1-admin-cert', 'gateway1-admin-key', 'gateway1-admin-ca', 'gateway2-admin-ca']);
    expect(services['gateway1']?.secrets?.every(({ uid, mode }) => uid === '1000' && mode === 0o400)).toBe(true);
    expect(services['gateway1']?.environment?.['GWCTL_HEALTH_URL']).toBe('https://127.0.0.1:8888/health');
    expect(services['gateway1']?.labels['gwctl.tls']).toMatch(/^\$\{GWCTL_TLS_ID:\?\}$/);
    expect(services['main-1']?.labels['gwctl.tls']).toBeUndefined();
    expect(text).not.toContain('/host/');
    const entry = (parse(configs['gateway1']?.content ?? '') as { gateways: Readonly<Record<string, object>> }).gateways;
    expect(entry['gateway1']).toMatchObject({ tls: { key: '/run/secrets/gateway1-key', clientCa: '/run/secrets/gateway1-client-ca' }, adminTls: { cert: '/run/secrets/gateway1-admin-cert' } });
    expect(entry['gateway2']).toMatchObject({ adminTls: { ca: '/run/secrets/gateway2-admin-ca' } });
    expect(entry['gateway2']).not.toHaveProperty('tls');
  });
});

describe('the gwctl.yaml of a node in its container', () => {
  const text = 'gateway: {clusterId: c, holdMs: 22000, maxInFlight: 7, logFormat: json, limits: {requestsPerSecond: 5}, tenantLimits: {a: {maxConnections: 3}}, tokenKeys: [env:A, env:B]}\nvirtualClusters: [a]\ngateways: {gateway1: {workers: 2}, gateway2: {}}';

  test('is valid, and means the same as the one on the host', async () => {
    const host = topologyOf(text, 100);
    const { configs, services } = await render(text, 100);
    const inside = topologyOf(configs['gateway1']?.content ?? '');
    const { adminPassword, tokenKey, olderTokenKeys, ...settings } = host.gateway;
    expect(inside.gateway).toEqual({ ...settings, adminPassword: { kind: 'env', name: 'GWCTL_ADMIN_PASSWORD' }, tokenKey: { kind: 'env', name: 'GWCTL_TOKEN_KEY' }, olderTokenKeys: [{ kind: 'env', name: 'GWCTL_TOKEN_KEY_1' }] });
    expect([adminPassword.kind, tokenKey.kind, olderTokenKeys?.length]).toEqual(['literal', 'env', 1]);
    expect(inside.gateways.map(({ ports, workers, admin }) => [ports, workers, admin.port])).toEqual(host.gateways.map(({ ports, workers, admin }) => [ports, workers, admin.port]));
    expect(inside.virtualClusters).toEqual(['a']);
    expect(Object.keys(services['gateway1']?.environment ?? {})).toContain('GWCTL_TOKEN_KEY_1');
  });

  test('names brokers and peers as the network does', async () => {
    const { configs } = await render();
    const inside = topologyOf(configs['gateway2']?.content ?? '');
    expect(inside.clusters[1]?.brokers.map(({ host, port }) => `${host}:${port}`)).toEqual(['failover-1:9092', 'failover-2:9092', 'failover-3:9092']);
    expect(inside.gateways.map(({ admin }) => admin.host)).toEqual(['gateway1', '0.0.0.0']);
  });
});

test.each([
  { name: 'dots', property: 'log.dirs', variable: 'KAFKA_LOG_DIRS' },
  { name: 'a dash', property: 'a-b.c', variable: 'KAFKA_A___B_C' },
  { name: 'an underscore', property: 'a_b', variable: 'KAFKA_A__B' },
])('the image\'s variable for a property with $name', ({ property, variable }) => expect(variableOf(property)).toBe(variable));

test('cluster ids are what Kafka takes, and the same each time', () => {
  const ids = Array.from({ length: 200 }, (_, index) => kafkaClusterId(`${index}`));
  for (const id of ids) expect(id).toMatch(/^[A-Za-f][\w-]{21}$/);
  expect(kafkaClusterId('7')).toBe(ids[7]);
});

describe('templates', () => {
  test('a text that is one placeholder takes any value, and undefined leaves its key out', () => {
    expect(fillTemplate({ a: '{{list}}', b: 'x-{{n}}-{{n}}', c: '{{gone}}', d: [1, null] }, { list: [1], n: 2, gone: undefined })).toEqual({ a: [1], b: 'x-2-2', d: [1, null] });
  });

  test('a placeholder without a value is an error', () => expect(() => fillTemplate('{{nme}}', { name: 'x' })).toThrow(/\{\{nme\}\}.*name/));
});
