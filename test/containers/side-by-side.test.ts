import { readFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openKafkaClient } from '../../src/client/kafka-client.ts';
import { gatewayNamed } from '../../src/topology/lookup.ts';
import { createAuthority, type CertificateAuthority } from '../support/certificates.ts';
import { containerOf } from '../support/component.ts';
import { componentsOf, ownedBy } from '../support/containers.ts';
import { ONE_BROKER_EACH, reserveEnvironment, type TestEnvironment } from '../support/environment.ts';
import { clientOn, clientThrough, issueToken } from '../support/service-account.ts';

let authority: CertificateAuthority;
let plain: TestEnvironment;
let secured: TestEnvironment;

const up = async (environment: TestEnvironment, ...flags: readonly string[]): Promise<void> => {
  const { exitCode, stderr } = await environment.gwctl(['up', ...flags], { timeoutMs: 400_000 });
  expect(exitCode, stderr).toBe(0);
};

beforeAll(async () => {
  authority = createAuthority();
  const tls = (node: string) => {
    const { certFile, keyFile } = authority.issue(node, { names: `DNS:localhost,IP:127.0.0.1,DNS:${node}` });
    return `{cert: ${certFile}, key: ${keyFile}, ca: ${authority.caFile}}`;
  };
  const node = (name: string) => `  ${name}: {tls: ${tls(name)}, adminTls: ${tls(name)}}\n`;
  plain = await reserveEnvironment(ONE_BROKER_EACH, 'docker');
  await up(plain, '--with', 'schema-registry');
  // Reserved when the first one has its ports.
  secured = await reserveEnvironment(`${ONE_BROKER_EACH}gateways:\n${node('gateway1')}${node('gateway2')}`, 'docker');
  await up(secured);
});
afterAll(async () => {
  await secured?.dispose();
  await plain?.dispose();
  authority?.dispose();
});

test('two environments share no container, volume or network, and no record', async () => {
  for (const kind of ['container', 'volume', 'network'] as const) {
    const [one, other] = [await ownedBy(plain, kind), await ownedBy(secured, kind)];
    expect(one.length).toBeGreaterThan(0);
    expect(other.length).toBeGreaterThan(0);
    expect(one.filter((each) => other.includes(each))).toEqual([]);
  }
  const client = clientThrough(plain, 'gateway1', await issueToken(plain, 'gateway1', 'teamA'));
  await client.createTopics([{ name: 'only-here', partitions: 1, replicationFactor: 1 }]).finally(() => client.close());
  const topicsOf = async (environment: TestEnvironment): Promise<string[]> => {
    const main = clientOn(environment, 'main');
    return (await main.metadata().finally(() => main.close())).topics.map(({ name }) => name ?? '');
  };
  expect(await topicsOf(plain)).toContain('teamAonly-here');
  expect(await topicsOf(secured)).not.toContain('teamAonly-here');
});

test('the schema registry keeps schemas in a topic of the cluster', async () => {
  const url = `http://localhost:${plain.topology.schemaRegistry.port}/apis/ccompat/v7/subjects/users-value/versions`;
  const schema = JSON.stringify({ schema: JSON.stringify({ type: 'record', name: 'User', fields: [{ name: 'name', type: 'string' }] }) });
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' }, body: schema });
  expect([answer.status, await answer.json()]).toEqual([200, { id: expect.any(Number) }]);
  expect(await (await fetch(`${url}/latest`)).json()).toMatchObject({ subject: 'users-value', version: 1 });
  const { cluster, topic } = plain.topology.schemaRegistry;
  const client = clientOn(plain, cluster);
  const [end] = await client.listOffsets([{ topic, partition: 0, timestamp: -1n, isolation: 'read_uncommitted' }]).finally(() => client.close());
  expect(end?.offset).toBeGreaterThan(0n);
  expect((await componentsOf(plain)).find(({ name }) => name === 'schema-registry')).toMatchObject({ state: 'running' });
});

test('nodes with TLS: clients write with it and not without it, and each node trusts the other', async () => {
  const { exitCode, stdout, stderr } = await secured.gwctl(['vcluster', 'create', 'teamA', '-o', 'json']);
  expect(exitCode, stderr).toBe(0);
  const { token } = JSON.parse(stdout) as { readonly token: string };
  const { ports } = gatewayNamed(secured.topology, 'gateway1');
  const access = { bootstrap: ports.map(({ port }) => ({ host: 'localhost', port })), clientId: 'test', requestTimeoutMs: 20_000, sasl: { mechanism: 'PLAIN' as const, username: 'sa', password: token } };
  const client = openKafkaClient({ ...access, tls: { ca: readFileSync(authority.caFile) } });
  await client.createTopics([{ name: 'safe', partitions: 1, replicationFactor: 1 }]);
  expect(await client.produce('safe', 0, [{ key: null, value: Buffer.from('x') }], { acks: -1 }).finally(() => client.close())).toBe(0n);
  const inPlainText = openKafkaClient({ ...access, requestTimeoutMs: 3000 });
  await expect(inPlainText.metadata([]).finally(() => inPlainText.close())).rejects.toThrow();
  const ask = (ca: string) => `require('node:https').get({ host: 'gateway2', port: ${gatewayNamed(secured.topology, 'gateway2').admin.port}, path: '/health', ${ca} }, ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 2)).on('error', () => process.exit(1))`;
  const asked = async (ca: string) => (await execa('docker', ['exec', containerOf(secured, 'gateway1'), 'node', '-e', ask(ca)], { reject: false })).exitCode;
  expect([await asked(`ca: require('node:fs').readFileSync('/run/secrets/gateway2-admin-ca')`), await asked('')]).toEqual([0, 1]);
});

test('keys are readable to the node alone, and stand in no file of compose and in no description of a container', async () => {
  const { stdout } = await execa('docker', ['exec', containerOf(secured, 'gateway1'), 'stat', '-c', '%a %U', '/run/secrets/gateway1-key', '/run/secrets/gateway1-admin-key']);
  expect(stdout).toBe('400 node\n400 node');
  const described = (await execa('docker', ['inspect', containerOf(secured, 'gateway1')])).stdout;
  expect(described + readFileSync(`${secured.dir}/compose/compose.yaml`, 'utf8')).not.toContain('PRIVATE KEY');
});

test('a certificate that was replaced is in use after the next up, and no other container is made anew', async () => {
  const before = await ids(secured);
  const { certFile } = authority.issue('gateway1', { names: 'DNS:localhost,IP:127.0.0.1,DNS:gateway1' });
  await up(secured);
  const after = await ids(secured);
  expect([...after].filter(([name, id]) => before.get(name) !== id).map(([name]) => name).sort()).toEqual(['gateway1', 'gateway2']);
  const [first] = gatewayNamed(secured.topology, 'gateway1').ports;
  expect(await fingerprintAt(first?.port ?? 0)).toBe(readFileSync(certFile, 'utf8').replaceAll(/-----.*-----|\s/g, ''));
});

test('one is taken down, and the other goes on', async () => {
  const { exitCode, stderr } = await plain.gwctl(['down', '-v']);
  expect(exitCode, stderr).toBe(0);
  expect([await ownedBy(plain, 'container'), await ownedBy(plain, 'volume'), await ownedBy(plain, 'network')]).toEqual([[], [], []]);
  expect((await componentsOf(secured)).filter(({ state }) => state !== 'running')).toEqual([]);
  expect((await secured.gwctl(['failover', '--to', 'failover', '--yes'])).exitCode).toBe(0);
});

async function ids(environment: TestEnvironment): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await execa('docker', ['inspect', '--format', '{{index .Config.Labels "com.docker.compose.service"}} {{.Id}}', ...(await ownedBy(environment, 'container'))]);
  return new Map(stdout.split('\n').map((line) => line.split(' ') as [string, string]));
}

/** The certificate that is presented there, in base64. */
async function fingerprintAt(port: number): Promise<string> {
  return await new Promise((resolve, reject) => {
    const socket = connect({ host: 'localhost', port, ca: readFileSync(authority.caFile) }, () => {
      resolve(socket.getPeerCertificate().raw.toString('base64'));
      socket.destroy();
    });
    socket.on('error', reject);
  });
}
