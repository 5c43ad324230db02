import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SaslCredentials } from '../../../src/client/client-options.ts';
import { openKafkaClient, type KafkaClient } from '../../../src/client/kafka-client.ts';
import type { BackendAccess } from '../../../src/gateway/backend/backend-cluster.ts';
import { startGatewayNode, type GatewayNode } from '../../../src/gateway/gateway-node.ts';
import { createLog } from '../../../src/gateway/log.ts';
import type { Cluster } from '../../../src/topology/topology.ts';
import { createAuthority, type CertificateAuthority } from '../../support/certificates.ts';
import { freePorts, runKafkaTool, startKafkaBroker, type KafkaBroker } from '../../support/kafka-broker.ts';
import { TOPOLOGY } from '../../support/observation.ts';

const LISTENERS = { SASL: 'SASL_PLAINTEXT', TLS: 'SSL', SASLTLS: 'SASL_SSL' } as const;
const PASSWORD = 'gateway-secret';

let authority: CertificateAuthority;
let broker: KafkaBroker;
/** A start that gives up after a while, during which the other tests run. */
let withoutCredentials: Promise<Started>;

beforeAll(async () => {
  authority = createAuthority();
  const { certFile, keyFile } = authority.issue('broker');
  const keystore = join(authority.folder, 'keystore.pem');
  writeFileSync(keystore, readFileSync(keyFile, 'utf8') + readFileSync(certFile, 'utf8'));
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';
  const sasl = (listener: string) => ({
    [`listener.name.${listener}.plain.sasl.jaas.config`]: `org.apache.kafka.common.security.plain.PlainLoginModule required user_gw="${PASSWORD}";`,
    [`listener.name.${listener}.scram-sha-256.sasl.jaas.config`]: scram,
    [`listener.name.${listener}.scram-sha-512.sasl.jaas.config`]: scram,
  });
  broker = await startKafkaBroker('4.3.1', {
    listeners: LISTENERS,
    properties: { 'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512', ...sasl('sasl'), ...sasl('sasltls'), 'ssl.keystore.type': 'PEM', 'ssl.keystore.location': keystore },
    scramUsers: [`SCRAM-SHA-256=[name=gw,password="${PASSWORD}"]`, `SCRAM-SHA-512=[name=gw,password="${PASSWORD}"]`],
  });
  const client = openKafkaClient({ bootstrap: [broker], clientId: 'test', requestTimeoutMs: 10_000 });
  await client.metadata([], { timeoutMs: 150_000 });
  client.close();
  withoutCredentials = start('SASL', {});
  withoutCredentials.catch(() => {});
}, 180_000);
afterAll(async () => {
  await broker?.stop();
  authority.dispose();
});

const trust = (): { readonly ca: Buffer } => ({ ca: readFileSync(authority.caFile) });
const user = (mechanism: SaslCredentials['mechanism'], password = PASSWORD): SaslCredentials => ({ mechanism, username: 'gw', password });
const clusterAt = (name: string, port: number): Cluster => ({ name, role: name === 'main' ? 'primary' : 'failover', kafkaVersion: '4.3.1', brokerConfig: {}, brokers: [{ id: 1, host: '127.0.0.1', port, controllerPort: 0 }] });

interface Started {
  readonly node: GatewayNode;
  /** Another client of this node. */
  open(username: string, password: string): KafkaClient;
  readonly address: string;
  readonly client: KafkaClient;
  close(): Promise<void>;
}

/** A node with TLS for its clients, and a client of it. */
async function start(listener: keyof typeof LISTENERS, access: BackendAccess, others: ReadonlyMap<string, BackendAccess> = new Map()): Promise<Started> {
  const [port] = (await freePorts(1)) as [number];
  const [base] = TOPOLOGY.gateways;
  if (base === undefined) throw new Error('no gateway');
  const at = broker.listeners[listener] ?? 0;
  const node = await startGatewayNode({
    node: { ...base, advertisedHost: '127.0.0.1', bindHost: '127.0.0.1', ports: [{ nodeId: 1, port }], tls: { ...authority.issue('node'), caFile: undefined, clientCaFile: undefined, ownCertFile: undefined, ownKeyFile: undefined } },
    settings: TOPOLOGY.gateway,
    clusters: [clusterAt('main', at), ...[...others.keys()].map((name) => clusterAt(name, at))],
    clusterAccess: new Map([['main', access], ...others]),
    primary: 'main',
    tokenKeys: ['k'.repeat(32)],
    memoryFile: join(authority.folder, `active-${port}.json`),
    log: createLog(() => {}),
  });
  const password = await node.issueToken('teamA', 'sa', 600);
  const clients: KafkaClient[] = [];
  const open = (username: string, token: string): KafkaClient => {
    const opened = openKafkaClient({ bootstrap: [{ host: '127.0.0.1', port }], clientId: 'test', requestTimeoutMs: 10_000, tls: trust(), sasl: { mechanism: 'PLAIN', username, password: token } });
    clients.push(opened);
    return opened;
  };
  return {
    node,
    client: open('sa', password),
    open,
    address: `127.0.0.1:${port}`,
    close: async () => {
      for (const client of clients) client.close();
      await node.close();
    },
  };
}

test.each([
  { listener: 'TLS', name: 'TLS', access: () => ({ tls: trust() }) },
  { listener: 'SASL', name: 'SASL PLAIN', access: () => ({ sasl: user('PLAIN') }) },
  { listener: 'SASL', name: 'SCRAM-SHA-256', access: () => ({ sasl: user('SCRAM-SHA-256') }) },
  { listener: 'SASL', name: 'SCRAM-SHA-512', access: () => ({ sasl: user('SCRAM-SHA-512') }) },
  { listener: 'SASLTLS', name: 'TLS with SCRAM-SHA-512', access: () => ({ tls: trust(), sasl: user('SCRAM-SHA-512') }) },
] as const)('towards a broker that wants $name, a record goes through the gateway and comes back', async ({ listener, name, access }) => {
  const { client, close } = await start(listener, access());
  try {
    const topic = name.replaceAll(' ', '-');
    expect(await client.createTopics([{ name: topic, partitions: 1, replicationFactor: 1 }])).toMatchObject([{ errorCode: 0 }]);
    const value = Buffer.alloc(200_000, name);
    await client.produce(topic, 0, [{ key: null, value }]);
    const read: Buffer[] = [];
    for await (const record of client.readRecords(topic, 0, 0n, { isolation: 'read_committed', until: 1n })) read.push(record.value ?? Buffer.alloc(0));
    expect(read.map((bytes) => bytes.equals(value))).toEqual([true]);
  } finally {
    await close();
  }
});

test.each(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const)('a wrong password for %s is named at the start of a node, without the password', async (mechanism) => {
  const starting = start('SASL', { sasl: user(mechanism, 'hunter2') });
  await expect(starting).rejects.not.toThrow('hunter2');
  await expect(starting).rejects.toThrow(expect.objectContaining({ code: 'CONFIG', message: expect.stringMatching(/^127\.0\.0\.1:\d+ refuses the credentials of gw: SASL_AUTHENTICATION_FAILED/) }));
});

test('a wrong password for the target is a refusal of `prepare`, and the node serves on', async () => {
  const { node, client, close } = await start('SASL', { sasl: user('PLAIN') }, new Map([['failover', { sasl: user('PLAIN', 'hunter2') }]]));
  try {
    const order = { runId: 'r1', generation: 2, to: 'failover', leaseMs: 5000 };
    await expect(node.controller.prepare(order)).rejects.toThrow(expect.objectContaining({ code: 'CHECK_FAILED', message: expect.stringContaining('refuses the credentials of gw') }));
    expect(node.state()).toMatchObject({ active: 'main', phase: 'serving' });
    expect((await client.metadata([])).brokers).toHaveLength(1);
  } finally {
    await close();
  }
});

describe('sessions', () => {
  let first: Started;
  let second: Started;

  beforeAll(async () => {
    [first, second] = [await start('SASL', { sasl: user('PLAIN') }), await start('SASL', { sasl: user('PLAIN') })];
  });
  afterAll(async () => {
    await first?.close();
    await second?.close();
  });

  const connections = (): number[] => [first, second].map(({ node }) => node.state().connections);
  const refused = { code: 'CONFIG', message: expect.stringContaining('the token was revoked') };

  test('what a revoked user has open ends on every node, and no other; only a later token is good', async () => {
    const [token, other] = [await first.node.issueToken('teamA', 'leaver', 600), await first.node.issueToken('teamA', 'stayer', 600)];
    const [here, there, stays] = [first.open('leaver', token), second.open('leaver', token), second.open('stayer', other)];
    await Promise.all([here, there, stays].map((client) => client.metadata([])));
    expect(connections()).toEqual([1, 2]);
    await first.node.revokeUser('teamA', 'leaver');
    await expect.poll(connections, { timeout: 10_000 }).toEqual([0, 1]);
    await expect(here.metadata([])).rejects.toThrow(expect.objectContaining(refused));
    await expect(there.metadata([])).rejects.toThrow(expect.objectContaining(refused));
    await stays.metadata([]);
    await second.open('leaver', await second.node.issueToken('teamA', 'leaver', 600)).metadata([]);
    expect(connections()).toEqual([0, 2]);
  });

  test('a single token is revoked, and its user goes on with another', async () => {
    const [lost, kept] = [await first.node.issueToken('teamA', 'one', 600), await first.node.issueToken('teamA', 'one', 601)];
    await first.node.revokeToken('teamA', lost);
    await expect(first.open('one', lost).metadata([])).rejects.toThrow(expect.objectContaining(refused));
    await first.open('one', kept).metadata([]);
    await expect(first.node.revokeToken('teamB', kept)).rejects.toThrow('the token is one of virtual cluster "teamA", not of "teamB"');
    await expect(first.node.revokeToken('teamA', `${kept.slice(0, -4)}AAAA`)).rejects.toThrow(expect.objectContaining({ code: 'USAGE' }));
    await expect(first.node.revokeUser('nobody', 'one')).rejects.toThrow('no virtual cluster "nobody"');
  });

  test('a connection ends when its token expires', async () => {
    const before = second.node.state().connections;
    const client = second.open('short', await second.node.issueToken('teamA', 'short', 2));
    await client.metadata([]);
    expect(second.node.state().connections).toBe(before + 1);
    await expect.poll(() => second.node.state().connections, { timeout: 10_000 }).toBe(before);
    await expect(client.metadata([])).rejects.toThrow('the token has expired');
  });
});

describe('ACLs of a virtual cluster', () => {
  let gateway: Started;

  beforeAll(async () => {
    gateway = await start('SASL', { sasl: user('PLAIN') });
  });
  afterAll(() => gateway?.close());

  /** Kafka's own tool, through the gateway. */
  async function kafkaAcls(token: string, ...args: readonly string[]): Promise<string> {
    const config = join(authority.folder, 'admin.properties');
    writeFileSync(config, [
      'security.protocol=SASL_SSL', 'ssl.truststore.type=PEM', `ssl.truststore.location=${authority.caFile}`, 'sasl.mechanism=PLAIN',
      `sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username='root' password='${token}';`,
    ].join('\n'));
    return await runKafkaTool('4.3.1', 'org.apache.kafka.tools.AclCommand', ['--bootstrap-server', gateway.address, '--command-config', config, ...args]);
  }

  test('are edited with kafka-acls and enforced: whoever may only read neither writes nor sees other topics', async () => {
    const [admin, reader] = [await gateway.node.issueToken('teamC', 'root', 600, true), await gateway.node.issueToken('teamC', 'reader', 600)];
    const [root, sa] = [gateway.open('root', admin), gateway.open('reader', reader)];
    await root.createTopics([{ name: 'open', partitions: 1, replicationFactor: 1 }, { name: 'closed', partitions: 1, replicationFactor: 1 }]);
    const record = [{ key: null, value: Buffer.from('x') }];
    await sa.produce('closed', 0, record); // without any ACL nothing is forbidden
    expect(await kafkaAcls(admin, '--add', '--allow-principal', 'User:reader', '--operation', 'Read', '--topic', 'open')).toContain('Adding ACLs for resource `ResourcePattern(resourceType=TOPIC, name=open, patternType=LITERAL)`');
    const listed = await kafkaAcls(admin, '--list');
    expect(listed).toContain('(principal=User:reader, host=*, operation=READ, permissionType=ALLOW)');
    expect(listed).not.toContain('teamC');

    expect((await sa.metadata()).topics.map(({ name }) => name)).toEqual(['open']);
    expect((await sa.metadata(['closed'])).topics[0]?.errorCode).toBe(29);
    await root.produce('open', 0, record);
    const read: unknown[] = [];
    for await (const { value } of sa.readRecords('open', 0, 0n, { isolation: 'read_committed', until: 1n })) read.push(value?.toString());
    expect(read).toEqual(['x']);
    await expect(sa.produce('open', 0, record)).rejects.toThrow('TOPIC_AUTHORIZATION_FAILED');
    expect(await sa.createTopics([{ name: 'mine', partitions: 1, replicationFactor: 1 }])).toMatchObject([{ errorCode: 29 }]);
    await expect(sa.findCoordinator('group', 'g')).rejects.toThrow('GROUP_AUTHORIZATION_FAILED');
    const [end] = await root.listOffsets([{ topic: 'open', partition: 0, timestamp: -1n, isolation: 'read_committed' }]);
    expect(end?.offset).toBe(1n);

    await root.createTopics([{ name: 'after', partitions: 1, replicationFactor: 1 }]); // the administrator is not bound
    await expect(kafkaAcls(reader, '--list')).rejects.toThrow();
    expect(await kafkaAcls(admin, '--remove', '--force', '--allow-principal', 'User:reader', '--operation', 'Read', '--topic', 'open')).not.toContain('Error');
    await sa.produce('open', 0, record);
  }, 120_000);
});

test('no credentials where the broker wants some, and TLS that is not trusted, keep a node from starting', async () => {
  await expect(start('TLS', { tls: {} })).rejects.toThrow(/its certificate is signed by an authority that is not trusted here \(UNABLE_TO_VERIFY_LEAF_SIGNATURE\)/);
  await expect(withoutCredentials).rejects.toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }));
}, 60_000);
