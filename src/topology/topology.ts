import type { DriverName } from '../shared/gateway-driver.ts';

/**
 * The one description of an environment: what `gwctl.yaml` (or the built-in default) means once every default, port and address is
 * filled in. Pure data. Processes, clusters.yaml, mm2.properties and compose files are rendered from it; nothing is described twice.
 */
export interface Topology {
  readonly name: string;
  readonly runtime: RuntimeName;
  /** Added to every port, so that several environments run side by side; the gateways' client ports move by a hundredth more (buildTopology says why). */
  readonly portOffset: number;
  readonly clusters: readonly Cluster[];
  readonly links: readonly MirrorLink[];
  readonly gateways: readonly GatewayNode[];
  readonly gateway: GatewaySettings;
  readonly schemaRegistry: SchemaRegistry;
  readonly failover: FailoverPolicy;
  /** Virtual clusters that exist from the start; none by default. */
  readonly virtualClusters?: readonly string[];
}

/** 'auto': `up` decides between docker and local. */
export type RuntimeName = 'auto' | 'local' | 'docker' | 'external';

export interface Cluster {
  readonly name: string;
  /** Exactly one cluster is 'primary': the one that gateways serve before the first switch. */
  readonly role: 'primary' | 'failover';
  readonly kafkaVersion: string;
  readonly brokers: readonly Broker[];
  /** Extra broker properties, after ours. */
  readonly brokerConfig: Readonly<Record<string, string>>;
  /** How its brokers want to be spoken to; plain text without credentials when absent. */
  readonly security?: ClusterSecurity;
}

/** Towards the brokers of one cluster. The names are Kafka's own. */
export interface ClusterSecurity {
  readonly protocol: 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL';
  /** With the SASL protocols only. */
  readonly sasl: SaslAccount | undefined;
  /** PEM file with the authorities that signed the brokers' certificates; the system's own when undefined. */
  readonly caFile: string | undefined;
}

export interface SaslAccount {
  readonly mechanism: SaslMechanism;
  readonly username: string;
  readonly password: Secret;
}

export type SaslMechanism = 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';

export interface Broker {
  readonly id: number;
  readonly host: string;
  readonly port: number;
  /** KRaft controller listener; 0 for external clusters. */
  readonly controllerPort: number;
}

/** One MirrorMaker 2 flow. Topics keep their names (IdentityReplicationPolicy): a gateway needs the same names on both sides. */
export interface MirrorLink {
  /** `main->failover`, as MirrorMaker writes it. */
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** Regular expressions, MirrorMaker's own syntax. */
  readonly topics: string;
  readonly groups: string;
  readonly kafkaVersion: string;
  /** How its MirrorMaker is ended and started where others operate it; gwctl leaves it alone when absent. */
  readonly process?: ProcessCommands;
}

/** Programs with their arguments, run without a shell. */
export interface ProcessCommands {
  /** Ends it, and returns when it has ended. */
  readonly hold: readonly string[];
  readonly release: readonly string[];
  /** Absolute. */
  readonly cwd: string;
}

export interface GatewayNode {
  readonly name: string;
  readonly driver: DriverName;
  /** Processes that serve its clients; with 1 the node is a single process. */
  readonly workers: number;
  /** What clients are told to connect to. */
  readonly advertisedHost: string;
  /** The address that listeners bind. */
  readonly bindHost: string;
  /** One port for each broker node id, bound from start to end (hazard H9): nodeId n is served at ports.find(p => p.nodeId === n). */
  readonly ports: readonly { readonly nodeId: number; readonly port: number }[];
  readonly admin: { readonly host: string; readonly port: number; readonly tls?: ServerTls };
  /** On the ports for clients; they are plain text when absent. */
  readonly tls?: ServerTls;
}

/** TLS of a listener, and what gwctl itself needs to connect to it. All are paths of PEM files. */
export interface ServerTls {
  /** Undefined only where others operate the node. */
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
  /** Authorities that gwctl trusts when it connects; the system's own when undefined. */
  readonly caFile: string | undefined;
  /** Given, clients must present a certificate that one of these authorities signed… */
  readonly clientCaFile: string | undefined;
  /** …and this is what gwctl presents. */
  readonly ownCertFile: string | undefined;
  readonly ownKeyFile: string | undefined;
}

export interface GatewaySettings {
  /** What clients see as the cluster id, whichever cluster is behind (hazard H8). */
  readonly clusterId: string;
  readonly adminUsername: string;
  readonly adminPassword: Secret;
  /** HS256 key that signs the service-account tokens. */
  readonly tokenKey: Secret;
  /** Keys that no longer sign, but whose tokens are still accepted; none when absent. */
  readonly olderTokenKeys?: readonly Secret[];
  readonly maxFrameBytes: number;
  /** How long a held write waits at most before it is answered with a retriable error (hazard H12: 25 s). */
  readonly holdMs: number;
  readonly maxInFlight: number;
  /** Of every virtual cluster that is not among `tenantLimits`. */
  readonly limits: TenantLimits;
  /** By virtual cluster. */
  readonly tenantLimits: Readonly<Record<string, TenantLimits>>;
  readonly logFormat: 'text' | 'json';
  readonly canary: CanaryTopic;
}

/** Where gwctl writes the records that prove what a node serves. */
export interface CanaryTopic {
  readonly virtualCluster: string;
  /** As clients of that virtual cluster call it. */
  readonly topic: string;
  /** The same topic on the clusters. */
  readonly physicalTopic: string;
}

/** What one virtual cluster may use of one node. */
export interface TenantLimits {
  readonly maxConnections: number;
  /** Unlimited when absent. */
  readonly requestsPerSecond?: number | undefined;
  /** Requests of one second when absent. */
  readonly requestBurst?: number | undefined;
  readonly maxBytesInFlight: number;
}

/** A reference, never a value in a file; `literal` only for the loopback default. */
export type Secret =
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'literal'; readonly value: string }
  /** Made at the first `up`, kept in the environment's folder with mode 0600. */
  | { readonly kind: 'generated'; readonly file: string };

export interface SchemaRegistry {
  readonly enabled: boolean;
  readonly port: number;
  readonly cluster: string;
  readonly topic: string;
}

export interface FailoverPolicy {
  /** Refuse to start a planned switch while more than this is not replicated. */
  readonly maxLagRecords: number;
  readonly maxLagSeconds: number;
  /** Longest time that producers may wait before the run gives up and resumes the source. */
  readonly pauseBudgetMs: number;
  /** Clients find the leaders where they were. */
  readonly alignLeaders: boolean;
  readonly deadlines: PhaseDeadlines;
}

/** Longest time of each phase of a switch. Those from `pauseMs` to `moveGroupsMs` are within the pause budget. */
export interface PhaseDeadlines {
  readonly translateGroupsMs: number;
  readonly prepareMs: number;
  readonly intentMs: number;
  readonly alignLeadersMs: number;
  readonly takeOverMs: number;
  readonly drainGroupsMs: number;
  readonly pauseMs: number;
  readonly drainMs: number;
  readonly proveTailMs: number;
  readonly moveGroupsMs: number;
  readonly commitMs: number;
  readonly flipMs: number;
  readonly resumeMs: number;
  readonly retireMs: number;
  readonly proveSwitchMs: number;
}
