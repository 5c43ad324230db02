import { activeTransactions } from './active-transactions.ts';
import { bothDirections } from './both-directions.ts';
import { bypassingProducers } from './bypassing-producers.ts';
import type { Check } from './check.ts';
import { clientSurvival } from './client-survival.ts';
import { clockSkew } from './clock-skew.ts';
import { sourceHealthy, targetHealthy } from './clusters-healthy.ts';
import { consumersOnTarget } from './consumers-on-target.ts';
import { gatewaysAgree } from './gateways-agree.ts';
import { gatewaysReachable } from './gateways-reachable.ts';
import { groupsHaveOffsets } from './groups-have-offsets.ts';
import { messageSizes } from './message-sizes.ts';
import { nodeIdsFitPorts } from './node-ids-fit-ports.ts';
import { topicMappingsReplicated, userTopicsReplicated } from './replication-lag.ts';
import { replicatorRunning } from './replicator-running.ts';
import { switchPromises } from './switch-promises.ts';
import { configsEqual, topicsEqual } from './topics-equal.ts';

/** What must be true before a planned switch, in the order in which a person would ask. */
export const PLANNED_CHECKS: readonly Check[] = [
  gatewaysAgree,
  gatewaysReachable,
  sourceHealthy,
  targetHealthy,
  replicatorRunning,
  bothDirections,
  topicMappingsReplicated,
  userTopicsReplicated,
  topicsEqual,
  configsEqual,
  messageSizes,
  groupsHaveOffsets,
  consumersOnTarget,
  activeTransactions,
  bypassingProducers,
  nodeIdsFitPorts,
  clientSurvival,
  clockSkew,
  switchPromises,
];
