import { join } from 'node:path';
import type { Topology } from './topology.ts';

/** Where state lives unless `--state-dir` or GWCTL_STATE_DIR says otherwise; relative to the working folder. */
export const DEFAULT_STATE_DIR = '.gwctl';

/** The folder of one environment: two port offsets are two environments, so they share nothing. */
export function environmentDir(topology: Pick<Topology, 'name' | 'portOffset'>, stateDir: string): string {
  return join(stateDir, topology.portOffset === 0 ? topology.name : `${topology.name}+${topology.portOffset}`);
}
