import { stringify } from 'yaml';
import { bootstrapOf, clusterNamed, primaryOf } from '../lookup.ts';
import { renderClustersYaml } from '../render-clusters-yaml.ts';
import type { Broker, Cluster, GatewayNode, Topology } from '../topology.ts';
import { COMPOSE_FILE, type ComposeFiles, headerOf, type StackOptions, whenHealthy } from './compose-stack.ts';
import { fillTemplate } from './fill-template.ts';
import { renderSeedMm2 } from './seed-mm2.ts';

/** What `latest` was when the walk-through was recorded (September 2023). Its images run with ZooKeeper, those from 8.0 on do not. */
export const CONFLUENT_VERSION = '7.5.3';
/** Node ids count from 1, the brokers' ports inside the network from here. */
const FIRST_INTERNAL_PORT = 9092;
const DEFAULT_START_PORT = 6969;
const ADMIN_PORT = 8888;

/** The walk-through's own stack with our topology's names and ports. Only rendered from our model: gwctl has no driver for its gateway. */
export function renderSeedStack(topology: Topology, options: StackOptions): ComposeFiles {
  const seen = seedView(topology);
  const fill = (template: string, values: Readonly<Record<string, unknown>> = {}) => fillTemplate(options.templates[template], { confluentVersion: CONFLUENT_VERSION, ...values });
  const primary = primaryOf(topology);
  const isPrimary = ({ role }: Cluster) => role === 'primary';
  const onPrimary = { bootstrap: bootstrapOf(primaryOf(seen)), dependsOn: whenHealthy(primary.brokers.map((broker) => serviceOf(primary, broker))) };
  const brokers = (clusters: readonly Cluster[]) => Object.fromEntries(clusters.flatMap((cluster) => cluster.brokers.map((broker) => [serviceOf(cluster, broker), fill('kafka', brokerValues(cluster, broker))])));
  const everyBroker = [primary, ...topology.clusters.filter((each) => !isPrimary(each))].flatMap((cluster) => cluster.brokers.map((broker) => serviceOf(cluster, broker)));
  const { port, cluster, topic } = topology.schemaRegistry;
  const last = topology.clusters.at(-1)?.brokers.at(-1);
  const lastCluster = topology.clusters.at(-1);
  const document = {
    name: options.project,
    services: {
      zookeeper: fill('zookeeper'),
      ...brokers([primary]),
      'schema-registry': fill('schema-registry', { ...onPrimary, bootstrap: bootstrapOf(clusterNamed(seen, cluster)), port, topic }),
      ...Object.fromEntries(topology.gateways.map((node) => [node.name, fill('gateway', { ...onPrimary, ...gatewayValues(node), clusterId: topology.gateway.clusterId })])),
      'cli-kcat': fill('cli-kcat'),
      'ksqldb-server': fill('ksqldb-server', onPrimary),
      'ksqldb-cli': fill('ksqldb-cli'),
      ...brokers(topology.clusters.filter((each) => !isPrimary(each))),
      'mirror-maker': fill('mirror-maker', {
        dependsOn: whenHealthy(everyBroker),
        lastBroker: last === undefined || lastCluster === undefined ? '' : `${serviceOf(lastCluster, last)} ${internalPort(last)}`,
      }),
    },
    networks: { demo: null },
  };
  return {
    [COMPOSE_FILE]: headerOf(options) + stringify(document, { lineWidth: 0, aliasDuplicateObjects: false, nullStr: '' }),
    'clusters.yaml': headerOf(options) + renderClustersYaml(seen),
    'mm2.properties': headerOf(options) + renderSeedMm2(seen),
  };
}

/** Brokers at their names in the network. */
function seedView(topology: Topology): Topology {
  return {
    ...topology,
    clusters: topology.clusters.map((cluster) => ({ ...cluster, brokers: cluster.brokers.map((broker) => ({ ...broker, host: serviceOf(cluster, broker), port: internalPort(broker) })) })),
  };
}

function serviceOf({ name, role }: Cluster, { id }: Broker): string {
  return role === 'primary' ? `kafka${id}` : `${name}-kafka${id}`;
}

function internalPort({ id }: Broker): number {
  return FIRST_INTERNAL_PORT + id - 1;
}

function brokerValues(cluster: Cluster, broker: Broker) {
  // One ZooKeeper for all: every other cluster keeps its nodes below a path of its own.
  const chroot = cluster.role === 'primary' ? '' : cluster.name === 'failover' ? '/backup' : `/${cluster.name}`;
  return { name: serviceOf(cluster, broker), id: broker.id, port: broker.port, internalPort: internalPort(broker), chroot };
}

function gatewayValues({ name, advertisedHost, ports, admin }: GatewayNode) {
  const first = ports[0]?.port;
  return { name, advertisedHost, startPort: first === DEFAULT_START_PORT ? undefined : first, ports: [...ports.map(({ port }) => `${port}:${port}`), `${admin.port}:${ADMIN_PORT}`] };
}
