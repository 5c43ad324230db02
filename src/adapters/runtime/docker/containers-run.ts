import type { UpOptions } from '../../../ports/runtime.ts';
import type { Topology } from '../../../topology/topology.ts';
import type { LaunchContext } from '../launch.ts';
import type { PhaseClock } from '../phases.ts';

/** One `up` of containers under way. */
export interface ContainersRun {
  readonly topology: Topology;
  readonly context: LaunchContext;
  readonly options: UpOptions;
  readonly clock: PhaseClock;
  readonly project: string;
  /** Services that shall run, without those that are held. */
  readonly services: readonly string[];
  /** Epoch: a heartbeat written after it proves that replication works now. */
  readonly startedAtMs: number;
}
