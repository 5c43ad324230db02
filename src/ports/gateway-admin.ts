import type { AckReport, GroupDrainReport, NodeClients, NodeState, PrepareReport, RevokeBody, SwitchOrder, SwitchVerb, VirtualClusterInfo } from '../shared/admin-api.ts';

/** One gateway node as gwctl talks to it. Every call has a deadline; what cannot be reached is UNAVAILABLE and names the node. */
export interface GatewayAdmin {
  readonly node: string;
  state(signal?: AbortSignal): Promise<NodeState>;
  /** What it has acknowledged to producers. */
  acknowledged(signal?: AbortSignal): Promise<AckReport>;
  /** Which client software is connected, and what it was told that it may ask. */
  clients(): Promise<NodeClients>;
  /** The one call that every kind of node knows: this node alone, at once, without any check. Throws when the answer is not exactly that it has switched. */
  switchAlone(from: string, to: string, limitMs?: number): Promise<void>;
  virtualClusters(): Promise<readonly VirtualClusterInfo[]>;
  issueToken(virtualCluster: string, username: string, lifeTimeSeconds: number, isAdmin?: boolean): Promise<string>;
  /** Connections that the revoked tokens have opened end within seconds, on every node. */
  revoke(virtualCluster: string, what: RevokeBody): Promise<void>;
  prepare(order: SwitchOrder, limitMs?: number): Promise<PrepareReport>;
  drainGroups(order: SwitchOrder): Promise<GroupDrainReport>;
  /** `limitMs`: give up after this, for who cannot wait for a node that hangs. */
  order(verb: Exclude<SwitchVerb, 'prepare' | 'drain-groups'>, order: SwitchOrder, limitMs?: number): Promise<NodeState>;
}
