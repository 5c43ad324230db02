import type { DriverName } from '../shared/gateway-driver.ts';
import type { Broker, Cluster, GatewayNode, GatewaySettings, MirrorLink, TenantLimits, Topology } from '../topology/topology.ts';
import type { ConfigFile } from './config-schema.ts';
import { buildSecurity, buildServerTls, readReference } from './build-security.ts';
import { buildDeadlines } from './deadlines.ts';
import { DEFAULTS } from './defaults.ts';
import { parseDurationMs } from './duration.ts';

export interface BuildOptions {
  readonly portOffset: number;
  /** Folder that `file:` references are relative to: that of gwctl.yaml. */
  readonly baseDir: string;
}

type ClusterEntry = NonNullable<NonNullable<ConfigFile['clusters']>[string]>;
type GatewayEntry = NonNullable<NonNullable<ConfigFile['gateways']>[string]>;

type LinkEntry = NonNullable<ConfigFile['links']>[number];

/** Stands for a port that nobody gave and that has no default; checkTopology reports it. */
export const NO_PORT = 0;

/** Fills in every default, address and port. Pure and total: what does not make sense is for checkTopology to say. */
export function buildTopology(file: ConfigFile, { portOffset, baseDir }: BuildOptions): Topology {
  const move = (port: number) => (port === NO_PORT ? NO_PORT : port + portOffset);
  // The seed's two gateways are 1000 ports apart: moved by a plain 1000, one environment's first node would meet the other's second.
  const moveClientPort = (port: number) => move(port) + Math.floor(portOffset / 100);
  const kafkaVersion = file.kafka?.version ?? DEFAULTS.kafkaVersion;
  const clusters = Object.entries(file.clusters ?? { main: null, failover: null }).map(([name, entry]) => buildCluster(name, entry ?? {}, { kafkaVersion, baseDir }, move));
  const primary = clusters.find((cluster) => cluster.role === 'primary')?.name;
  const links = file.links ?? (primary === undefined ? [] : clusters.filter(({ name }) => name !== primary).map(({ name }) => ({ from: primary, to: name })));
  const brokerPorts = Math.max(1, ...clusters.map(({ brokers }) => brokers.length));
  const pauseBudgetMs = parseDurationMs(file.failover?.pauseBudget ?? DEFAULTS.pauseBudget) ?? 0;
  return {
    name: file.name ?? DEFAULTS.name,
    runtime: file.runtime ?? 'auto',
    portOffset,
    clusters,
    links: links.map(({ from, to, topics = DEFAULTS.topics, groups = DEFAULTS.groups, kafkaVersion: version = kafkaVersion, process }: LinkEntry): MirrorLink => ({
      name: `${from}->${to}`, from, to, topics, groups, kafkaVersion: version,
      ...(process === undefined ? {} : { process: { ...process, cwd: baseDir } }),
    })),
    gateways: Object.entries(file.gateways ?? { gateway1: null, gateway2: null }).map(([name, entry]) => buildGatewayNode(name, entry ?? {}, { brokerPorts, baseDir, driver: file.gateway?.driver ?? 'builtin', isExternal: file.runtime === 'external' }, move, moveClientPort)),
    gateway: buildGatewaySettings(file.gateway ?? {}, baseDir),
    schemaRegistry: {
      enabled: file.schemaRegistry?.enabled ?? false,
      port: move(file.schemaRegistry?.port ?? DEFAULTS.schemaRegistryPort),
      cluster: file.schemaRegistry?.cluster ?? primary ?? 'main',
      topic: file.schemaRegistry?.topic ?? DEFAULTS.schemaRegistryTopic,
    },
    failover: {
      maxLagRecords: file.failover?.maxLagRecords ?? DEFAULTS.maxLagRecords,
      maxLagSeconds: file.failover?.maxLagSeconds ?? DEFAULTS.maxLagSeconds,
      pauseBudgetMs,
      alignLeaders: file.failover?.alignLeaders ?? true,
      deadlines: buildDeadlines(file.failover?.deadlines ?? {}, pauseBudgetMs),
    },
    virtualClusters: file.virtualClusters ?? [],
  };
}

function buildCluster(name: string, entry: ClusterEntry, { kafkaVersion, baseDir }: { readonly kafkaVersion: string; readonly baseDir: string }, move: (port: number) => number): Cluster {
  const defaults = name === 'main' || name === 'failover' ? DEFAULTS.clusters[name] : undefined;
  return {
    name,
    role: entry.role ?? defaults?.role ?? 'failover',
    kafkaVersion: entry.kafkaVersion ?? kafkaVersion,
    brokers: entry.bootstrap === undefined ? localBrokers(entry, defaults?.port ?? NO_PORT, move) : externalBrokers(entry.bootstrap),
    brokerConfig: Object.fromEntries(Object.entries(entry.config ?? {}).map(([key, value]) => [key, String(value)])),
    ...(entry.security === undefined ? {} : { security: buildSecurity(entry.security, baseDir) }),
  };
}

function localBrokers(entry: ClusterEntry, defaultPort: number, move: (port: number) => number): readonly Broker[] {
  const port = entry.port ?? defaultPort;
  const controllerPort = entry.controllerPort ?? (port === NO_PORT ? NO_PORT : port + DEFAULTS.controllerPortDistance);
  const following = (first: number, index: number) => (first === NO_PORT ? NO_PORT : move(first + index));
  return Array.from({ length: entry.brokers ?? DEFAULTS.brokerCount }, (_, index) => ({
    id: index + 1,
    host: DEFAULTS.host,
    port: following(port, index),
    controllerPort: following(controllerPort, index),
  }));
}

/** Ports of brokers that are not ours are where they are: the offset does not move them. */
function externalBrokers(bootstrap: string): readonly Broker[] {
  return bootstrap.trim().split(/\s*,\s*/).map((address, index) => {
    const colon = address.lastIndexOf(':');
    return { id: index + 1, host: address.slice(0, colon), port: Number(address.slice(colon + 1)), controllerPort: 0 };
  });
}

interface NodeDefaults {
  readonly brokerPorts: number;
  readonly baseDir: string;
  readonly driver: DriverName;
  readonly isExternal: boolean;
}

function buildGatewayNode(name: string, entry: GatewayEntry, { brokerPorts, baseDir, driver, isExternal }: NodeDefaults, move: (port: number) => number, moveClientPort: (port: number) => number): GatewayNode {
  const defaults = name === 'gateway1' || name === 'gateway2' ? DEFAULTS.gateways[name] : undefined;
  const port = entry.port ?? defaults?.port ?? NO_PORT;
  const bindHost = entry.bindHost ?? DEFAULTS.bindHost;
  return {
    name,
    driver: entry.driver ?? driver,
    workers: entry.workers ?? DEFAULTS.workers,
    advertisedHost: entry.advertisedHost ?? DEFAULTS.host,
    bindHost,
    ports: Array.from({ length: entry.brokerPorts ?? brokerPorts }, (_, index) => ({ nodeId: index + 1, port: port === NO_PORT ? NO_PORT : moveClientPort(port + index) })),
    admin: entry.adminUrl === undefined || !isExternal
      ? { host: bindHost, port: move(entry.adminPort ?? defaults?.adminPort ?? NO_PORT), ...(entry.adminTls === undefined ? {} : { tls: buildServerTls(entry.adminTls, baseDir) }) }
      : adminAt(entry.adminUrl, entry.adminTls, baseDir),
    ...(entry.tls === undefined ? {} : { tls: buildServerTls(entry.tls, baseDir) }),
  };
}

/** As with brokers that are not ours, the offset does not move it. */
function adminAt(url: string, tls: GatewayEntry['adminTls'], baseDir: string): GatewayNode['admin'] {
  const { protocol, hostname, port } = new URL(url);
  const isTls = protocol === 'https:';
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port === '' ? (isTls ? 443 : 80) : port), ...(isTls ? { tls: buildServerTls(tls ?? {}, baseDir) } : {}) };
}

function buildGatewaySettings(entry: NonNullable<ConfigFile['gateway']>, baseDir: string): GatewaySettings {
  return {
    clusterId: entry.clusterId ?? DEFAULTS.clusterId,
    adminUsername: entry.admin?.username ?? DEFAULTS.adminUsername,
    adminPassword: readReference(entry.admin?.password, baseDir) ?? { kind: 'literal', value: DEFAULTS.adminPassword },
    tokenKey: readReference(entry.tokenKey ?? entry.tokenKeys?.[0], baseDir) ?? { kind: 'generated', file: DEFAULTS.tokenKeyFile },
    ...(entry.tokenKeys === undefined ? {} : { olderTokenKeys: entry.tokenKeys.slice(1).flatMap((reference) => readReference(reference, baseDir) ?? []) }),
    maxFrameBytes: entry.maxFrameBytes ?? DEFAULTS.maxFrameBytes,
    holdMs: entry.holdMs ?? DEFAULTS.holdMs,
    maxInFlight: entry.maxInFlight ?? DEFAULTS.maxInFlight,
    limits: buildLimits(entry.limits),
    tenantLimits: Object.fromEntries(Object.entries(entry.tenantLimits ?? {}).map(([name, own]) => [name, buildLimits({ ...entry.limits, ...own })])),
    logFormat: entry.logFormat ?? DEFAULTS.logFormat,
    canary: {
      virtualCluster: entry.canary?.virtualCluster ?? DEFAULTS.canary.virtualCluster,
      topic: entry.canary?.topic ?? DEFAULTS.canary.topic,
      physicalTopic: entry.canary?.physicalTopic ?? DEFAULTS.canary.physicalTopic,
    },
  };
}

function buildLimits({ maxConnections = DEFAULTS.limits.maxConnections, maxBytesInFlight = DEFAULTS.limits.maxBytesInFlight, ...rate }: NonNullable<NonNullable<ConfigFile['gateway']>['limits']> = {}): TenantLimits {
  return { maxConnections, maxBytesInFlight, ...rate };
}
