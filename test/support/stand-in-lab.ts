import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { openKafkaClient, type KafkaClient } from '../../src/client/kafka-client.ts';
import { ONE_BROKER_EACH, reserveEnvironment, type GwctlResult, type RunningGwctl, type TestEnvironment } from './environment.ts';
import { freePorts } from './kafka-broker.ts';
import { startStandInNode, type StandInNode } from './stand-in-node.ts';

const TOKEN = 'a-token-that-the-brokers-know';
const NODES = ['gateway1', 'gateway2'] as const;
/** The whole topic is one name to nodes without virtual clusters. */
const CANARY = '_gwctlcanary';
const PROOF_MS = 6000;

/**
 * Two clusters of one broker each and a MirrorMaker between them, which the local runtime runs; in front of them two nodes that know only the calls of
 * the walk-through. gwctl sees all of it from outside: `runtime: external`, `driver: conduktor`. A broker tells clients the address of the node that they came by.
 */
export interface StandInLab {
  readonly environment: TestEnvironment;
  readonly nodes: Readonly<Record<(typeof NODES)[number], StandInNode>>;
  /** On the environment as others run it. */
  gwctl(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<GwctlResult>;
  startGwctl(args: readonly string[]): RunningGwctl;
  /** A client of a node, or of a cluster itself. The caller closes it. */
  clientOf(place: string): KafkaClient;
  /** Every node serves this cluster and is whole again. */
  reset(active?: string): void;
  dispose(): Promise<void>;
}

export async function openStandInLab(): Promise<StandInLab> {
  const environment = await reserveEnvironment(ONE_BROKER_EACH);
  const ports = await freePorts(4);
  const backendsOf = (index: number): Record<string, number> => ({ main: ports[index] ?? 0, failover: ports[index + 2] ?? 0 });
  const options = { active: 'main', username: 'admin', password: 'conduktor', token: TOKEN };
  const [gateway1, gateway2] = await Promise.all([startStandInNode({ ...options, backends: backendsOf(0) }), startStandInNode({ ...options, backends: backendsOf(1) })]);
  const nodes = { gateway1, gateway2 };
  const closeNodes = async (): Promise<void> => void (await Promise.all(Object.values(nodes).map((node) => node.close())));

  const { topology, stateDir, portOffset } = environment;
  const clusters = Object.fromEntries(topology.clusters.map(({ name, brokers: [broker] }) => {
    if (broker === undefined) throw new Error(`${name} has no broker`);
    const { port, controllerPort } = broker;
    const listeners = [gateway1, gateway2].map((node, index) => ({ name: `NODE${index + 1}`, port: backendsOf(index)[name] ?? 0, told: node.port }));
    const config = {
      listeners: [`CLIENT://127.0.0.1:${port}`, `CONTROLLER://127.0.0.1:${controllerPort}`, ...listeners.map((one) => `${one.name}://127.0.0.1:${one.port}`)].join(','),
      'advertised.listeners': [`CLIENT://localhost:${port}`, ...listeners.map((one) => `${one.name}://127.0.0.1:${one.told}`)].join(','),
      'listener.security.protocol.map': ['CLIENT:PLAINTEXT', 'CONTROLLER:PLAINTEXT', ...listeners.map((one) => `${one.name}:SASL_PLAINTEXT`)].join(','),
      'sasl.enabled.mechanisms': 'PLAIN',
      ...Object.fromEntries(listeners.map((one) => [`listener.name.${one.name.toLowerCase()}.plain.sasl.jaas.config`, `org.apache.kafka.common.security.plain.PlainLoginModule required user_gwctl="${TOKEN}";`])),
    };
    return [name, { brokers: 1, port: port - portOffset, controllerPort: controllerPort - portOffset, config }];
  }));
  await writeFile(join(stateDir, 'gwctl.yaml'), stringify({ clusters }));
  const external = join(stateDir, 'external.yaml');
  await writeFile(external, stringify({
    name: 'seen-from-outside',
    runtime: 'external',
    clusters: Object.fromEntries(topology.clusters.map(({ name, role, brokers: [broker] }) => [name, { role, bootstrap: `localhost:${broker?.port ?? 0}` }])),
    gateways: Object.fromEntries(Object.entries(nodes).map(([name, node]) => [name, { port: node.port, brokerPorts: 1, advertisedHost: '127.0.0.1', adminUrl: `http://127.0.0.1:${node.adminPort}` }])),
    gateway: { driver: 'conduktor', canary: { topic: CANARY } },
    failover: { deadlines: { proveSwitch: `${PROOF_MS}ms` } },
  }));
  const env = { GWCTL_PORT_OFFSET: '0' };
  const { exitCode, stderr } = await environment.gwctl(['up', '--no-gateways']);
  if (exitCode !== 0) {
    await Promise.all([closeNodes(), environment.dispose().catch(() => {})]);
    throw new Error(`gwctl up: exit ${exitCode}\n${stderr}`);
  }
  return {
    environment,
    nodes,
    gwctl: async (args, more = {}) => await environment.gwctl([...args, '--config', external], { env: { ...env, ...more } }),
    startGwctl: (args) => environment.startGwctl([...args, '--config', external], { env }),
    clientOf: (place) => {
      const node = Object.entries(nodes).find(([name]) => name === place)?.[1];
      const broker = topology.clusters.find(({ name }) => name === place)?.brokers[0];
      const address = node === undefined ? { host: 'localhost', port: broker?.port ?? 0 } : { host: '127.0.0.1', port: node.port };
      return openKafkaClient({ bootstrap: [address], clientId: 'test', requestTimeoutMs: 20_000, ...(node === undefined ? {} : { sasl: { mechanism: 'PLAIN', username: 'gwctl', password: TOKEN } }) });
    },
    reset: (active = 'main') => {
      for (const node of Object.values(nodes)) node.reset(active);
    },
    dispose: async () => {
      await environment.dispose();
      await closeNodes();
    },
  };
}
