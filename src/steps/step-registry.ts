import { drainGateways, flipGateways, pauseGateways, prepareGateways, resumeGateways } from './gateway-steps.ts';
import { proveSwitch } from './prove-switch.ts';
import { proveTail } from './prove-tail.ts';
import type { StepRegistry } from './step.ts';

export const STEPS: StepRegistry = {
  'prepare-gateways': prepareGateways,
  'pause-gateways': pauseGateways,
  'drain-gateways': drainGateways,
  'prove-tail': proveTail,
  'flip-gateways': flipGateways,
  'resume-gateways': resumeGateways,
  'prove-switch': proveSwitch,
};
