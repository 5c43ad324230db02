import type { OpenWorld } from '../adapters/open-world.ts';
import type { Clock } from '../ports/clock.ts';
import type { CliContext } from './context.ts';
import type { GlobalOptions } from './global-options.ts';
import { mirrorProcessOf } from './mirror-process.ts';
import { openEnvironment, type Environment } from './open-environment.ts';
import { openRuntime } from './open-runtime.ts';

export interface Opened extends Environment, OpenWorld {
  readonly clock: Clock;
}

/** Opens the environment's world for as long as `use` takes. Imported modules are loaded here, not at the start of gwctl. */
export async function withWorld<T>(globals: GlobalOptions, context: CliContext, use: (opened: Opened) => Promise<T>): Promise<T> {
  const environment = await openEnvironment(globals, context);
  const [{ openWorld }, { systemClock }] = await Promise.all([import('../adapters/open-world.ts'), import('../adapters/clock/system-clock.ts')]);
  const opened = openWorld(environment.topology, environment.dir, context.env, mirrorProcessOf(environment.topology.runtime, async () => (await openRuntime(globals, context)).runtime));
  try {
    return await use({ ...environment, ...opened, clock: systemClock });
  } finally {
    await opened.close();
  }
}
