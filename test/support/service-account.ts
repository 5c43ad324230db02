import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Kafka } from 'kafkajs';
import { openKafkaClient, type KafkaClient } from '../../src/client/kafka-client.ts';
import { openThroughGateway } from '../../src/drill/clients/open-kafka.ts';
import { ADMIN_PATHS, type NodeState } from '../../src/shared/admin-api.ts';
import { gatewayNamed } from '../../src/topology/lookup.ts';
import type { TestEnvironment } from './environment.ts';

/** The built-in administrator: the environments of the tests bind loopback addresses only. */
const ADMIN = `Basic ${Buffer.from('admin:conduktor').toString('base64')}`;

export interface HttpAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** A POST to a node's admin API, as curl would make it. */
export async function postAdmin({ topology }: TestEnvironment, gateway: string, path: string, body?: unknown, authorization = ADMIN): Promise<HttpAnswer> {
  const { admin } = gatewayNamed(topology, gateway);
  const response = await fetch(`http://${admin.host}:${admin.port}${path}`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

/** What a node says of itself. */
export async function readNodeState({ topology }: TestEnvironment, gateway: string): Promise<NodeState> {
  const { admin } = gatewayNamed(topology, gateway);
  const response = await fetch(`http://${admin.host}:${admin.port}${ADMIN_PATHS.state}`, { headers: { authorization: ADMIN } });
  if (!response.ok) throw new Error(`${gateway}: HTTP ${response.status}`);
  return (await response.json()) as NodeState;
}

/** The seed's call for a token, on one node. */
export async function issueToken(environment: TestEnvironment, gateway: string, virtualCluster: string, username = 'sa'): Promise<string> {
  const { status, body } = await postAdmin(environment, gateway, `/admin/vclusters/v1/vcluster/${virtualCluster}/username/${username}`, { lifeTimeSeconds: 7_776_000 });
  if (status !== 200) throw new Error(`token for ${virtualCluster}: HTTP ${status} ${JSON.stringify(body)}`);
  return (body as { token: string }).token;
}

/** The seed's properties file of a service account; answers with its path. */
export async function writeProperties({ topology, stateDir }: TestEnvironment, gateway: string, token: string, username = 'sa'): Promise<string> {
  const file = join(stateDir, `${gateway}-${username}.properties`);
  const login = `org.apache.kafka.common.security.plain.PlainLoginModule required username='${username}' password='${token}';`;
  await writeFile(file, `bootstrap.servers=${bootstrapOf(topology, gateway)}\nsecurity.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\nsasl.jaas.config=${login}\n`);
  return file;
}

/** The first port of a node, as a client is given it. */
export function bootstrapOf(topology: TestEnvironment['topology'], gateway: string): string {
  return `localhost:${gatewayNamed(topology, gateway).ports[0]?.port ?? 0}`;
}

/** kafkajs through a node. */
export function kafkaThrough({ topology }: TestEnvironment, gateway: string, token: string, username = 'sa'): Kafka {
  return openThroughGateway(gatewayNamed(topology, gateway), { username, token });
}

/** gwctl's own client through a node. The caller closes it. */
export function clientThrough({ topology }: TestEnvironment, gateway: string, token: string, username = 'sa'): KafkaClient {
  const bootstrap = gatewayNamed(topology, gateway).ports.map(({ port }) => ({ host: 'localhost', port }));
  return openKafkaClient({ bootstrap, clientId: 'gwctl-test', requestTimeoutMs: 20_000, sasl: { mechanism: 'PLAIN', username, password: token } });
}

/** gwctl's own client on a cluster itself. The caller closes it. */
export function clientOn({ topology }: TestEnvironment, clusterName: string): KafkaClient {
  const cluster = topology.clusters.find(({ name }) => name === clusterName);
  return openKafkaClient({ bootstrap: cluster?.brokers ?? [], clientId: 'gwctl-test', requestTimeoutMs: 20_000 });
}
