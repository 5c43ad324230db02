import type { StateRecord } from '../arbiter/state-record.ts';
import type { ClusterDescription, ClusterDetails, GroupPartition } from '../ports/kafka-cluster.ts';
import type { ReplicatorHealth } from '../ports/replicator.ts';
import type { Bypassed } from './find-bypassed.ts';
import type { NodeClients, NodeState } from '../shared/admin-api.ts';
import type { ErrorCode } from '../shared/errors.ts';
import type { MirrorLink, Topology } from '../topology/topology.ts';

/** What could be seen, or why not. */
export type Seen<T> = { readonly ok: true; readonly value: T } | Unseen;

export interface Unseen {
  readonly ok: false;
  readonly why: string;
  /** Of the error: a refused password is another matter than a node that is down. */
  readonly code?: ErrorCode;
  readonly hint?: string;
}

/** The world at one moment, as data: checks and plans are made from it and from nothing else. */
export interface Observation {
  readonly at: Date;
  readonly topology: Topology;
  readonly nodes: readonly ObservedNode[];
  readonly clusters: ReadonlyMap<string, Seen<ClusterView>>;
  /** The log of the switch on each cluster. */
  readonly stateLogs: ReadonlyMap<string, Seen<readonly StateRecord[]>>;
  /** The cluster that the nodes serve, by the highest generation among them; undefined when no node answers. */
  readonly active: string | undefined;
  readonly generation: number | undefined;
  /** What a switch to `to` would need. */
  readonly to: string;
  readonly link: MirrorLink | undefined;
  readonly replicator: Seen<ReplicatorHealth> | undefined;
  readonly lag: Seen<LinkLag> | undefined;
  /** gwctl has the replicator's process. */
  readonly canTakeOver?: boolean;
  /** Why the replicator's process is held, if it is. */
  readonly replicatorHeld?: string;
  /** This run goes on with a replication that an interrupted one took over: its copier catches up before any client waits. */
  readonly resumesTakeover?: boolean;
  /** undefined: nobody looked. */
  readonly details?: Details;
}

export interface ObservedNode {
  readonly name: string;
  readonly state: Seen<NodeState>;
  /** When its state was asked for and when the answer was there, by our clock, in milliseconds since the epoch. */
  readonly asked?: { readonly beforeMs: number; readonly afterMs: number };
}

/** What the checks beyond the switch itself look at. */
export interface Details {
  /** Of the active cluster and of the target. */
  readonly clusters: ReadonlyMap<string, Seen<ClusterDetails>>;
  readonly clients: readonly { readonly name: string; readonly clients: Seen<NodeClients> }[];
  /** Whether gwctl reaches the ports of each node that clients use; undefined: nobody looked. */
  readonly reached?: readonly { readonly name: string; readonly seen: Seen<unknown> }[];
  /** undefined: nothing replicates in this direction. */
  readonly groups: Seen<GroupCoverage> | undefined;
  /** Records that came through no node; undefined: nothing replicates in this direction. */
  readonly bypassed: Seen<Bypassed> | undefined;
  /** What replicates back, from the target to the active cluster; undefined: that cannot be asked. */
  readonly reverse: Seen<ReplicatorHealth> | undefined;
}

/** Positions of consumer groups in user topics of the active cluster, and whether the target has one for them, too. */
export interface GroupCoverage {
  readonly groups: ReadonlySet<string>;
  readonly positions: number;
  readonly missing: readonly GroupPartition[];
  readonly unread: readonly { readonly group: string; readonly why: string }[];
}

export interface ClusterView {
  readonly description: ClusterDescription;
  /** Of the topics that are replicated. */
  readonly configs: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

export interface LinkLag {
  readonly link: string;
  readonly partitions: readonly PartitionLag[];
}

export interface PartitionLag {
  readonly topic: string;
  readonly partition: number;
  /** End of the source: the next offset that a reader of committed records will see. */
  readonly sourceEnd: bigint;
  /** Source offset of the last record that is on the target; undefined: none. */
  readonly replicated: bigint | undefined;
  /** Data records on the source that are not on the target. Exact up to COUNT_LIMIT, beyond it the distance in offsets. */
  readonly lagRecords: bigint;
  readonly isExact: boolean;
  /** Offset of the last of them, where they are more than COUNT_LIMIT of the last before the end; undefined when there are none. */
  readonly lastMissing: bigint | undefined;
  /** Age of the oldest of them by its timestamp, or what the link needed to bring them all where that was less; 0 when there are none. */
  readonly lagSeconds: number;
}

export function totalLag(lag: LinkLag, isWanted: (topic: string) => boolean = () => true): { records: bigint; seconds: number; behind: readonly PartitionLag[] } {
  const wanted = lag.partitions.filter(({ topic }) => isWanted(topic));
  const behind = wanted.filter(({ lagRecords }) => lagRecords > 0n);
  return {
    records: behind.reduce((sum, { lagRecords }) => sum + lagRecords, 0n),
    seconds: behind.reduce((most, { lagSeconds }) => Math.max(most, lagSeconds), 0),
    behind,
  };
}
