import type { ClusterAccess } from '../config/cluster-access.ts';
import type { World } from '../checks/observe-world.ts';
import type { RunListener } from '../engine/run-event.ts';
import type { Canary } from '../ports/canary.ts';
import type { Clock } from '../ports/clock.ts';
import type { Runtime } from '../ports/runtime.ts';
import type { AnnouncedLoss } from './load/judge-load.ts';
import type { RunningLoad } from './load/run-load.ts';
import type { DrillStepInput, DrillStepKind } from './scenario-schema.ts';

export interface IssuedToken {
  readonly virtualCluster: string;
  readonly username: string;
  readonly token: string;
}

/** What the steps of a drill share. */
export interface DrillWorld {
  readonly world: World;
  readonly canary: Canary;
  readonly clock: Clock;
  readonly runtime: Runtime;
  /** Where journals and client properties go. */
  readonly environmentDir: string;
  /** Basic authentication of the gateways' admin API. */
  readonly admin: { readonly username: string; readonly password: string };
  /** How the brokers of a cluster are spoken to; plain text without it. */
  readonly clusterAccess?: ReadonlyMap<string, ClusterAccess>;
  /** The drill brought the environment up and was told to take it down: only then a step may. */
  readonly takeDown: (() => Promise<number>) | undefined;
}

/** What a step may use. */
export interface StepTools extends DrillWorld {
  readonly signal: AbortSignal;
  /** By the name given with `as`. */
  readonly tokens: Map<string, IssuedToken>;
  readonly loads: Map<string, RunningLoad>;
  /** By physical topic. */
  readonly announcedLosses: Map<string, AnnouncedLoss>;
  /** Once a gateway serves another cluster, a failure is no longer "nothing was changed". */
  readonly markSwitched: () => void;
  readonly note: (text: string) => void;
  /** What happens inside of a failover. */
  readonly onRunEvent: RunListener;
}

export interface StepResult {
  /** What was seen, in a few words. */
  readonly seen: string;
  /** Records, topic lists: a line each. */
  readonly details?: readonly string[];
  /** Measured values and ids, for the report. */
  readonly evidence?: Readonly<Record<string, unknown>>;
}

/** Does one step and checks what the scenario expects of it; throws when it is not so. */
export type StepRunner<K extends DrillStepKind> = (input: DrillStepInput<K>, tools: StepTools) => Promise<StepResult>;
