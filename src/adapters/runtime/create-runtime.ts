import type { Runtime } from '../../ports/runtime.ts';
import { createDockerRuntime } from './docker/docker-runtime.ts';
import { createExternalRuntime } from './external-runtime.ts';
import type { LaunchContext } from './launch.ts';
import { createLocalRuntime } from './local-runtime.ts';

/** The runtime that the topology asks for; 'auto' that nobody has decided means that nothing runs yet, as local. */
export function createRuntime(context: LaunchContext): Runtime {
  switch (context.topology.runtime) {
    case 'external':
      return createExternalRuntime();
    case 'docker':
      return createDockerRuntime(context);
    case 'local':
    case 'auto':
      return createLocalRuntime(context);
  }
}
