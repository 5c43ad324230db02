import type { Check } from './check.ts';
import { sourceHealthy, targetHealthy } from './clusters-healthy.ts';
import { gatewaysAgree } from './gateways-agree.ts';
import { nodeIdsFitPorts } from './node-ids-fit-ports.ts';
import { topicMappingsReplicated, userTopicsReplicated } from './replication-lag.ts';
import { replicatorRunning } from './replicator-running.ts';
import { configsEqual, topicsEqual } from './topics-equal.ts';

/** What must be true before a planned switch, in the order in which a person would ask. */
export const PLANNED_CHECKS: readonly Check[] = [
  gatewaysAgree,
  sourceHealthy,
  targetHealthy,
  replicatorRunning,
  topicMappingsReplicated,
  userTopicsReplicated,
  topicsEqual,
  configsEqual,
  nodeIdsFitPorts,
];
