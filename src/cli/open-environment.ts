import type { Topology } from '../topology/topology.ts';
import { environmentDir } from '../topology/environment-dir.ts';
import type { CliContext } from './context.ts';
import type { GlobalOptions } from './global-options.ts';

/** The environment that the global options name: what it consists of, and the folder that its files live in (it may not exist yet). */
export interface Environment {
  readonly topology: Topology;
  /** Absolute. */
  readonly dir: string;
}

/** Reads gwctl.yaml; the parser is imported here and not above, so that commands which need no topology start faster. */
export async function openEnvironment(globals: GlobalOptions, context: Pick<CliContext, 'cwd'>): Promise<Environment> {
  const { loadTopology } = await import('../config/load-topology.ts');
  const file = globals.config === undefined ? {} : { file: globals.config };
  const topology = await loadTopology({ ...file, portOffset: globals.portOffset, cwd: context.cwd });
  return { topology, dir: environmentDir(topology, globals.stateDir) };
}
