import type { Runtime } from '../../ports/runtime.ts';
import { createExternalRuntime } from './external-runtime.ts';
import type { LaunchContext } from './launch.ts';
import { createLocalRuntime } from './local-runtime.ts';

/** The runtime that the topology asks for. */
export function createRuntime(context: LaunchContext): Runtime {
  return context.topology.runtime === 'external' ? createExternalRuntime(context) : createLocalRuntime(context);
}
