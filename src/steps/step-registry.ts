import { alignLeaders } from './align-leaders.ts';
import { awaitGateways } from './await-gateways.ts';
import { awaitTail } from './await-tail.ts';
import { commitSwitch, declareIntent } from './decide-switch.ts';
import { drainGroups } from './drain-groups.ts';
import { drainGateways, flipGateways, pauseGateways, prepareGateways, resumeGateways } from './gateway-steps.ts';
import { moveGroups, translateGroups } from './move-groups.ts';
import { proveSwitch } from './prove-switch.ts';
import { proveTail } from './prove-tail.ts';
import type { StepRegistry } from './step.ts';
import { switchNode } from './switch-node.ts';
import { retireReplication, takeOverReplication } from './takeover-steps.ts';
import { confirmLoss, cutGateways, fenceSource } from './unplanned-steps.ts';

export const STEPS: StepRegistry = {
  'translate-groups': translateGroups,
  'prepare-gateways': prepareGateways,
  'declare-intent': declareIntent,
  'align-leaders': alignLeaders,
  'take-over-replication': takeOverReplication,
  'drain-groups': drainGroups,
  'pause-gateways': pauseGateways,
  'drain-gateways': drainGateways,
  'prove-tail': proveTail,
  'move-groups': moveGroups,
  'commit-switch': commitSwitch,
  'flip-gateways': flipGateways,
  'resume-gateways': resumeGateways,
  'retire-replication': retireReplication,
  'await-gateways': awaitGateways,
  'prove-switch': proveSwitch,
  'fence-source': fenceSource,
  'cut-gateways': cutGateways,
  'confirm-loss': confirmLoss,
  'switch-node': switchNode,
  'await-tail': awaitTail,
};
