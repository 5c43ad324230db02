import { GwctlError } from '../shared/errors.ts';
import type { Topology } from '../topology/topology.ts';
import { environmentDir } from '../topology/environment-dir.ts';
import type { CliContext } from './context.ts';
import type { GlobalOptions } from './global-options.ts';

/** The environment that the global options name: what it consists of, and the folder that its files live in (it may not exist yet). */
export interface Environment {
  /** Its runtime is the one that the environment was brought up with, if it was. */
  readonly topology: Topology;
  /** Absolute. */
  readonly dir: string;
}

/** Reads gwctl.yaml; the parser is imported here and not above, so that commands which need no topology start faster. */
export async function openEnvironment(globals: GlobalOptions, context: Pick<CliContext, 'cwd'>): Promise<Environment> {
  const [{ loadTopology }, { readEnvironmentRecord }] = await Promise.all([import('../config/load-topology.ts'), import('../adapters/runtime/environment-marker.ts')]);
  const file = globals.config === undefined ? {} : { file: globals.config };
  const topology = await loadTopology({ ...file, portOffset: globals.portOffset, cwd: context.cwd });
  const dir = environmentDir(topology, globals.stateDir);
  if (topology.runtime === 'external') return { topology, dir };
  const asked = globals.runtime ?? topology.runtime;
  const recorded = (await readEnvironmentRecord(dir))?.runtime;
  if (recorded !== undefined && asked !== 'auto' && asked !== recorded) {
    throw new GwctlError('NOT_AS_EXPECTED', `environment ${topology.name} was brought up with runtime ${recorded}, and ${asked} is asked for`, {
      hint: `its records are there: \`gwctl down -v --runtime ${recorded}\` deletes them, and then it can be brought up with ${asked}`,
    });
  }
  return { topology: { ...topology, runtime: recorded ?? asked }, dir };
}
