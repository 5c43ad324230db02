import type { Socket } from 'node:net';
import type { OffsetAnswer, OffsetQuery } from '../client/list-offsets.ts';
import type { AckSink } from './acknowledged/acknowledgement.ts';
import type { SessionAccess } from './acls/apply-acls.ts';
import type { ApiTable } from './api-table.ts';
import type { AuditSink } from './audit/audit-log.ts';
import type { CoordinatorKey } from './backend/coordinator-key.ts';
import type { SoftwareMemory } from './client-software.ts';
import type { GroupGate } from './groups/group-gate.ts';
import type { GuardName } from './guards.ts';
import type { TenantUsage } from './limits/tenant-usage.ts';
import type { Log } from './log.ts';
import type { ServiceAccount } from './login/tokens.ts';
import type { TrafficMetrics } from './metrics.ts';
import type { ProducerSequences } from './producers/producer-sequences.ts';
import type { ReturnedProducers } from './producers/returned-producers.ts';
import type { InFlightWrites } from './switch/in-flight-writes.ts';
import type { StallGuard } from './switch/stall-guard.ts';
import type { WriteGate } from './switch/write-gate.ts';
import type { TenantNames } from './tenants/tenant-names.ts';
import type { TopicDirectory } from './tenants/topic-directory.ts';
import type { Transactions } from './transactions/transactions.ts';

/** What one client connection needs of the node it belongs to. */
export interface NodeContext {
  readonly limits: GatewayLimits;
  readonly clusterId: string;
  /** What clients may ask; the same on every node (D3). */
  readonly apis: ApiTable;
  /** The active cluster's, whichever that is. */
  readonly topics: TopicDirectory;
  readonly gate: WriteGate;
  /** Asked before each write; none where the node is not one that decides. */
  readonly stalls?: Pick<StallGuard, 'check'> | undefined;
  readonly inFlight: InFlightWrites;
  /** Remembers what producers were told. */
  readonly acknowledged: AckSink;
  /** Which one serves now. */
  readonly activeCluster: string;
  readonly groups: GroupGate;
  readonly transactions: Transactions;
  readonly sequences: ProducerSequences;
  readonly returned?: ReturnedProducers | undefined;
  readonly metrics: Pick<TrafficMetrics, 'answered' | 'refused'>;
  readonly software: SoftwareMemory;
  readonly log: Log;
  readonly audit: AuditSink;
  /** For tests only. */
  readonly disabledGuards?: ReadonlySet<GuardName> | undefined;
  /** Grows with each flip; a backend connection of an older generation is never used. */
  readonly generation: number;
  /** The account behind a user name and token; throws TokenRefused. */
  authenticate(username: string, token: string): Promise<ServiceAccount>;
  /** Resolves when a refused login from that address may be answered; false when it shall not be. */
  loginFailed(address: string): Promise<boolean>;
  /** What that account may do, followed while the ACLs change. */
  accessOf(account: ServiceAccount): SessionAccess | undefined;
  namesOf(virtualCluster: string): TenantNames;
  /** What its virtual cluster uses of the node, and may. */
  usageOf(virtualCluster: string): TenantUsage;
  /** Where this node serves each broker that it has a port for. */
  readonly endpoints: Endpoints;
  /**
   * Whether a Produce request for these partitions (physical names) may go to that broker. After a switch clients write by the leaders of the
   * cluster that was left: a request that only partly fits would be written in part, and a client that repeats the whole of it (kafkajs) makes
   * duplicates. Always true once every client must have asked again.
   */
  mayProduce(nodeId: number, topics: readonly { readonly name: string; readonly partitions: readonly number[] }[]): boolean;
  /** Whether `mayProduce` can say no: only then a request is kept whole before it goes on. */
  readonly isSettling: boolean;
  /** A new connection to that broker of the active cluster, or to any broker of it when it has no such one (H9). */
  connectBackend(nodeId: number): Promise<Backend>;
  /** The id of the broker that coordinates that; asked afresh when what is remembered is `asked`, which has just said that it does not. */
  coordinatorOf(key: CoordinatorKey, asked: number): Promise<number>;
  /** Offsets of the active cluster (physical names), from whoever leads the partitions. */
  listOffsets(queries: readonly OffsetQuery[]): Promise<readonly OffsetAnswer[]>;
  /** Called with each answer that changes what topics there are, before the client sees it. */
  topicsCreated(account: ServiceAccount, request: Record<string, unknown>, response: Record<string, unknown>): Promise<void>;
  topicsDeleted(account: ServiceAccount, request: Record<string, unknown>, response: Record<string, unknown>): Promise<void>;
}

export type Endpoints = ReadonlyMap<number, { readonly host: string; readonly port: number }>;

export interface Backend {
  readonly socket: Socket;
  /** It is another broker than the one that was wanted, which the cluster does not have now. */
  readonly isStandIn: boolean;
  /** The generation of the cluster that it leads to. */
  readonly generation: number;
}

export interface GatewayLimits {
  readonly maxFrameBytes: number;
  /** Requests other than Produce are decoded, so they are kept whole while they arrive. */
  readonly maxDecodedBytes: number;
  /** Before a client has said who it is. */
  readonly maxUnauthenticatedBytes: number;
  readonly maxInFlight: number;
  /** For a client to say who it is. */
  readonly loginMs: number;
  /** For a frame that has begun to arrive, besides the time that its size takes at the slowest rate. */
  readonly frameMs: number;
  readonly minFrameBytesPerSecond: number;
  /** Longest wait for a client that disconnects while its writes are unanswered. */
  readonly lingerMs: number;
}

export const DEFAULT_LIMITS = {
  maxDecodedBytes: 16 << 20,
  maxUnauthenticatedBytes: 512 << 10,
  loginMs: 30_000,
  frameMs: 30_000,
  minFrameBytesPerSecond: 16 << 10,
  lingerMs: 30_000,
} as const;
