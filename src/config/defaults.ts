import { CANARY_TOPIC, CANARY_VIRTUAL_CLUSTER, PHYSICAL_CANARY_TOPIC } from '../shared/canary.ts';

/** What a gwctl.yaml that says nothing means: the topology of the seed's walk-through. */
export const DEFAULTS = {
  name: 'default',
  kafkaVersion: '4.3.1',
  brokerCount: 3,
  /** Added to a cluster's port. */
  controllerPortDistance: 100,
  clusters: { main: { role: 'primary', port: 29_092 }, failover: { role: 'failover', port: 39_092 } },
  gateways: { gateway1: { port: 6969, adminPort: 8888 }, gateway2: { port: 7969, adminPort: 8889 } },
  host: 'localhost',
  bindHost: '127.0.0.1',
  topics: '.*',
  groups: '.*',
  clusterId: 'private',
  adminUsername: 'admin',
  /** The seed's; accepted only while every gateway binds a loopback address. */
  adminPassword: 'conduktor',
  tokenKeyFile: 'token-key',
  maxFrameBytes: 104_857_600,
  holdMs: 25_000,
  maxInFlight: 100,
  /**
   * Of one virtual cluster on one node. No rate: what is too much depends on the clusters behind. The others are far above what a tenant
   * needs, and below what takes a node down.
   */
  limits: { maxConnections: 10_000, maxBytesInFlight: 268_435_456 },
  workers: 1,
  canary: { virtualCluster: CANARY_VIRTUAL_CLUSTER, topic: CANARY_TOPIC, physicalTopic: PHYSICAL_CANARY_TOPIC },
  logFormat: 'text',
  schemaRegistryPort: 8081,
  schemaRegistryTopic: '_schemas',
  maxLagRecords: 10_000,
  maxLagSeconds: 30,
  pauseBudget: '20s',
} as const;

/** Longest that a write may be held: client request timeouts start at 30 s (hazard H12). */
export const MAX_HOLD_MS = 25_000;

/** The file that is read when none is named. */
export const CONFIG_FILE_NAME = 'gwctl.yaml';
