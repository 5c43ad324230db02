import type { NodeState, PrepareReport, SwitchOrder, SwitchVerb, VirtualClusterInfo } from '../shared/admin-api.ts';

/** One gateway node as gwctl talks to it. Every call has a deadline; what cannot be reached is UNAVAILABLE and names the node. */
export interface GatewayAdmin {
  readonly node: string;
  state(signal?: AbortSignal): Promise<NodeState>;
  virtualClusters(): Promise<readonly VirtualClusterInfo[]>;
  issueToken(virtualCluster: string, username: string, lifeTimeSeconds: number): Promise<string>;
  prepare(order: SwitchOrder): Promise<PrepareReport>;
  order(verb: Exclude<SwitchVerb, 'prepare'>, order: SwitchOrder): Promise<NodeState>;
}
