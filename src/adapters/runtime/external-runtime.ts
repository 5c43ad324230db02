import type { Runtime } from '../../ports/runtime.ts';
import { GwctlError } from '../../shared/errors.ts';

/** The runtime of an environment that others operate: gwctl owns no process of it, so it starts and ends none. Everything throws USAGE but looking. */
export function createExternalRuntime(): Runtime {
  return {
    up: async () => refuse('up has nothing to start', 'start it where it runs; `gwctl verify` checks that all of it is there and ready'),
    down: async () => refuse('down has nothing to stop', 'stop it where it runs'),
    observe: async () => [],
    start: async (component) => refuse(`${component} cannot be started from here`, 'start it where it runs'),
    stop: async (component) => refuse(`${component} cannot be stopped from here`, 'stop it where it runs'),
    kill: async (component) => refuse(`${component} cannot be killed from here`, 'drills with faults need runtime local or docker'),
  };
}

function refuse(what: string, hint: string): never {
  throw new GwctlError('USAGE', `${what}: somebody else runs this environment (runtime: external)`, { hint });
}
