/**
 * The admin API of a gateway node, as both sides of it see it. The two paths of the seed answer as they always did; the rest is gwctl's
 * own. Everything but `/health` asks for basic authentication.
 */
export const ADMIN_PATHS = {
  health: '/health',
  /** GET → text for Prometheus */
  metrics: '/metrics',
  /** GET → NodeState */
  state: '/admin/gateway/v1/state',
  /** GET → AckReport */
  acknowledged: '/admin/gateway/v1/acknowledged',
  /** GET → NodeClients */
  clients: '/admin/gateway/v1/clients',
  /** GET → { virtualClusters: VirtualClusterInfo[] } */
  virtualClusters: '/admin/vclusters/v1',
  /** POST (IssueTokenBody) → { token } */
  issueToken: (virtualCluster: string, username: string): string =>
    `/admin/vclusters/v1/vcluster/${encodeURIComponent(virtualCluster)}/username/${encodeURIComponent(username)}`,
  /** POST (RevokeBody) → {} */
  revoke: (virtualCluster: string): string => `/admin/vclusters/v1/vcluster/${encodeURIComponent(virtualCluster)}/revoke`,
  /** POST → { message: "Cluster switched" }: this node alone, without any of gwctl's checks. */
  switch: (from: string, to: string): string => `/admin/pclusters/v1/pcluster/${encodeURIComponent(from)}/switch?to=${encodeURIComponent(to)}`,
  /** POST (SwitchOrder) → NodeState (prepare: PrepareReport) */
  run: (verb: SwitchVerb): string => `/admin/gateway/v1/switch/${verb}`,
} as const;

export type SwitchVerb = 'prepare' | 'drain-groups' | 'pause' | 'drain' | 'flip' | 'resume' | 'abort' | 'serve';

/**
 *   serving ──prepare──► prepared ──pause──► paused ──drain──► drained ──flip──► flipped ──resume──► serving (next generation)
 *      ▲                    │                  │                 │
 *      └──────abort─────────┴──────────────────┴─────────────────┘
 *
 * In paused, drained and flipped no write passes. A node never leaves `flipped` for the cluster that it left.
 */
export type Phase = 'serving' | 'prepared' | 'paused' | 'drained' | 'flipped';

export interface NodeState {
  readonly node: string;
  readonly phase: Phase;
  /** Counts switches; all nodes of an environment have the same. */
  readonly generation: number;
  readonly active: string;
  readonly run: RunState | null;
  /** Neither the clusters nor another node can tell which cluster is active: writes are held until somebody can, or a person orders `serve`. */
  readonly isLost: boolean;
  readonly connections: number;
  readonly heldWrites: number;
  readonly inFlightWrites: number;
  readonly startedAt: string;
  /** The node's clock at the moment of the answer, ISO 8601. */
  readonly now?: string;
}

/** What is connected to a node, and what it tells clients that they may ask. */
export interface NodeClients {
  readonly clients: readonly SoftwareCount[];
  /** For each API that a broker behind the node must serve, the versions. */
  readonly apis: readonly { readonly key: number; readonly min: number; readonly max: number }[];
}

/** Connections by what the clients say of themselves (KIP-511); '' where they do not say it. */
export interface SoftwareCount {
  readonly software: string;
  readonly version: string;
  readonly connections: number;
}

export interface RunState {
  readonly runId: string;
  readonly generation: number;
  readonly to: string;
  /** Who began the run: user@host, for the person who finds it. */
  readonly by?: string;
  /** After this, another run may take the node over. ISO 8601. */
  readonly leaseUntil: string;
}

/** What a node remembers of the writes that it has acknowledged to producers, on each cluster that it has served since it started. */
export interface AckReport {
  readonly node: string;
  readonly clusters: readonly ClusterAcks[];
}

export interface ClusterAcks {
  readonly cluster: string;
  /** It may have acknowledged something before that it does not remember. ISO 8601. */
  readonly since: string;
  /** Why it is not known how much that may be; null: nothing at or above `unknownBelow` of each partition. */
  readonly gap: string | null;
  readonly partitions: readonly PartitionAcksReport[];
}

export interface PartitionAcksReport {
  /** Physical name. */
  readonly topic: string;
  readonly partition: number;
  readonly unknownBelow: number;
  /** In the order of their first offsets. */
  readonly runs: readonly AckRun[];
}

/** Acknowledged records between two offsets; exact when there are as many records as offsets. */
export interface AckRun {
  readonly base: number;
  readonly last: number;
  readonly records: number;
  readonly bytes: number;
  /** When the first and the last of them were acknowledged, in milliseconds since the epoch. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Some of them may have been aborted since. */
  readonly isTransactional: boolean;
}

/** Names the run that a verb belongs to; a node refuses one that is not its run's. */
export interface SwitchOrder {
  readonly runId: string;
  /** The generation that the run leads to. */
  readonly generation: number;
  /** The cluster that the run leaves: a node that serves another one refuses. */
  readonly from?: string;
  readonly to: string;
  readonly leaseMs: number;
  /** Who gives it: user@host. */
  readonly by?: string;
  /** For `drain` and `drain-groups`: how long it may take. */
  readonly timeoutMs?: number;
  /** For `drain`: the cluster that is left may not answer any more, so nothing is waited for; producers send again what was not acknowledged. */
  readonly isCut?: boolean;
  /** Of an unplanned switch, for the audit log. */
  readonly loss?: AcceptedLoss;
}

/** What an unplanned switch loses, and who answers for it when that is more than a budget allows. */
export interface AcceptedLoss {
  readonly records: number;
  /** false: there may be more, or less. */
  readonly isExact: boolean;
  readonly acceptedBy: string | null;
}

/** How many members of consumer groups a node knows, and how many of them have committed and asked to join again. */
export interface GroupDrainReport {
  readonly state: NodeState;
  readonly members: number;
  readonly drained: number;
}

/** What a node found out about the target before it agreed. */
export interface PrepareReport {
  readonly state: NodeState;
  readonly brokers: readonly number[];
  readonly topicMappings: number;
  readonly virtualClusters: number;
}

export interface IssueTokenBody {
  readonly lifeTimeSeconds?: number;
  /** The user may edit the ACLs of its virtual cluster, which do not bind it. */
  readonly isAdmin?: boolean;
}

/** Exactly one of the two. */
export interface RevokeBody {
  /** Every token that this user was given until now. */
  readonly username?: string;
  readonly token?: string;
}

export interface VirtualClusterInfo {
  readonly name: string;
  readonly topics: readonly { readonly virtual: string; readonly physical: string }[];
}

/** Body of every answer that is not 2xx. */
export interface AdminError {
  readonly error: { readonly code: string; readonly message: string };
}
