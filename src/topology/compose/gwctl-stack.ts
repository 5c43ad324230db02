import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import { bootstrapOf, clusterNamed, primaryOf } from '../lookup.ts';
import { renderMm2Properties } from '../render-mm2-properties.ts';
import type { Cluster, GatewayNode, Topology } from '../topology.ts';
import { brokerEnvironment, CONTAINER_JVM_FLAGS } from './broker-environment.ts';
import { COMPOSE_FILE, type ComposeFiles, headerOf, type StackOptions, whenHealthy } from './compose-stack.ts';
import { brokerService, CLIENT_LISTENER_PORT, containerView, HOST_LISTENER_PORT } from './container-view.ts';
import { fillTemplate } from './fill-template.ts';
import { renderGatewayConfig, secretVariables } from './gateway-config.ts';
import { TLS_ID_VARIABLE, tlsFilesFor, tlsFilesOf } from './gateway-tls.ts';

export const MIRROR_MAKER_SERVICE = 'mirror-maker';
export const REGISTRY_SERVICE = 'schema-registry';
export const KCAT_SERVICE = 'kcat';
export const REGISTRY_IMAGE_VERSION = '3.3.3';

/** Labels of every container: whose it is, and what made it. */
export const DIR_LABEL = 'gwctl.environment';
export const VERSION_LABEL = 'gwctl.version';

interface Service {
  readonly name: string;
  readonly template: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** Named volumes are declared at the top of the file as well. */
  readonly volume?: string;
  /** Text of the configuration file that it reads. */
  readonly config?: { readonly name: string; readonly text: string };
  readonly hasTls?: boolean;
}

/** The environment as one compose file: KRaft brokers, MirrorMaker 2, gateway nodes, kcat, and the schema registry where it is enabled. */
export function renderGwctlStack(topology: Topology, options: StackOptions): ComposeFiles {
  const services = servicesOf(topology, options);
  const configs = services.flatMap(({ config }) => (config === undefined ? [] : [[config.name, { content: escapeDollars(headerOf(options) + config.text) }]]));
  const document = {
    name: options.project,
    services: Object.fromEntries(services.map((service) => [service.name, fillTemplate(options.templates[service.template], { ...service.values, name: service.name, labels: labelsOf(service, options) })])),
    configs: Object.fromEntries(configs),
    ...secretsOf(topology),
    volumes: Object.fromEntries(services.flatMap(({ volume }) => (volume === undefined ? [] : [[volume, {}]]))),
  };
  return { [COMPOSE_FILE]: headerOf(options) + stringify(document, { lineWidth: 0, aliasDuplicateObjects: false }) };
}

function servicesOf(topology: Topology, { project, gwctlVersion, packageRoot }: StackOptions): readonly Service[] {
  const seen = containerView(topology);
  const everyBroker = whenHealthy(topology.clusters.flatMap(servicesOfCluster));
  const services: Service[] = topology.clusters.flatMap((cluster) =>
    cluster.brokers.map((broker) => {
      const name = brokerService(cluster.name, broker);
      const environment = brokerEnvironment(clusterNamed(seen, cluster.name), broker, project);
      const ports = { port: broker.port, hostListenerPort: HOST_LISTENER_PORT, clientListenerPort: CLIENT_LISTENER_PORT };
      return { name, template: 'broker', values: { kafkaVersion: cluster.kafkaVersion, environment: escapeValues(environment), ...ports }, volume: `${name}-data` };
    }),
  );
  if (topology.links.length > 0) {
    services.push({
      name: MIRROR_MAKER_SERVICE,
      template: 'mirror-maker',
      values: { kafkaVersion: topology.links[0]?.kafkaVersion ?? primaryOf(topology).kafkaVersion, jvmFlags: CONTAINER_JVM_FLAGS, dependsOn: everyBroker, clientListenerPortHex: CLIENT_LISTENER_PORT.toString(16).toUpperCase() },
      config: { name: 'mm2', text: renderMm2Properties(seen) },
    });
  }
  const { enabled, port, cluster, topic } = topology.schemaRegistry;
  if (enabled) {
    const store = clusterNamed(seen, cluster);
    services.push({ name: REGISTRY_SERVICE, template: 'schema-registry', values: { registryVersion: REGISTRY_IMAGE_VERSION, bootstrap: bootstrapOf(store), topic, port, dependsOn: whenHealthy(servicesOfCluster(store)) } });
  }
  const environment = (node: GatewayNode) => ({ GWCTL_HEALTH_URL: `${node.admin.tls === undefined ? 'http' : 'https'}://127.0.0.1:${node.admin.port}/health`, ...Object.fromEntries(secretVariables(topology).map((name) => [name, `\${${name}:?}`])) });
  services.push(
    ...topology.gateways.map((node) => ({
      name: node.name,
      template: 'gateway',
      values: { gwctlVersion, packageRoot, environment: environment(node), ports: portsOf(node), secrets: mountsOf(topology, node), dependsOn: everyBroker },
      volume: `${node.name}-data`,
      config: { name: node.name, text: renderGatewayConfig(seen, node) },
      hasTls: tlsFilesFor(topology.gateways, node.name).length > 0,
    })),
    { name: KCAT_SERVICE, template: 'kcat', values: {} },
  );
  return services;
}

/** A configuration that changed must make a new container: compose itself does not compare it. */
function labelsOf({ config, hasTls = false }: Service, { environmentDir, gwctlVersion }: StackOptions): Readonly<Record<string, string>> {
  const hash = config === undefined ? {} : { 'gwctl.config': createHash('sha256').update(config.text).digest('hex').slice(0, 16) };
  return { [DIR_LABEL]: environmentDir, [VERSION_LABEL]: gwctlVersion, ...hash, ...(hasTls ? { 'gwctl.tls': `\${${TLS_ID_VARIABLE}:?}` } : {}) };
}

/** Declared at the top of the file; their texts are in variables, as every secret. */
function secretsOf({ gateways }: Topology): { readonly secrets?: object } {
  const files = tlsFilesOf(gateways);
  return files.length === 0 ? {} : { secrets: Object.fromEntries(files.map(({ secret, variable }) => [secret, { environment: variable }])) };
}

/** Readable to the image's user alone. */
function mountsOf({ gateways }: Topology, { name }: GatewayNode): readonly object[] | undefined {
  const files = tlsFilesFor(gateways, name);
  return files.length === 0 ? undefined : files.map(({ secret }) => ({ source: secret, uid: '1000', gid: '1000', mode: 0o400 }));
}

function servicesOfCluster(cluster: Cluster): readonly string[] {
  return cluster.brokers.map((broker) => brokerService(cluster.name, broker));
}

function portsOf({ bindHost, ports, admin }: GatewayNode): readonly string[] {
  const host = bindHost.includes(':') ? `[${bindHost}]` : bindHost;
  return [...ports.map(({ port }) => port), admin.port].map((port) => `${host}:${port}:${port}`);
}

function escapeValues(values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, escapeDollars(value)]));
}

/** Compose replaces `$NAME` everywhere. */
function escapeDollars(text: string): string {
  return text.replaceAll('$', '$$$$');
}
