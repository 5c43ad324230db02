/** What owns the processes of an environment: clusters, MirrorMaker, schema registry, gateway nodes. */
export interface Runtime {
  /** Brings up whatever is not running and returns when all of it is ready, replication proven with a record. Safe to repeat. */
  up(options: UpOptions): Promise<UpResult>;
  /** Ends every process, gateways first and brokers last. Safe to repeat, also after a crash in the middle of `up`. */
  down(options: DownOptions): Promise<DownResult>;
  /** What is there now, one entry a component, in start order. */
  observe(): Promise<readonly ComponentStatus[]>;
  /** Starts one component and returns when its process runs; readiness is the caller's to wait for. Ends a hold. */
  start(component: string): Promise<void>;
  /** Orderly stop. With `hold` the component stays stopped, also through the next `up`, until `start`; the text says why. */
  stop(component: string, options?: StopOptions): Promise<void>;
  /** A fault for drills: SIGKILL, nothing is tidied up, so the component shows as crashed. */
  kill(component: string): Promise<void>;
}

export type ComponentKind = 'broker' | 'mirror-maker' | 'schema-registry' | 'gateway';

/** 'crashed': nobody stopped it and it is gone. 'held': stopped, and `up` leaves it alone. */
export type ComponentState = 'running' | 'stopped' | 'crashed' | 'held';

export interface ComponentStatus {
  readonly name: string;
  readonly kind: ComponentKind;
  /** The cluster of a broker, otherwise null. */
  readonly cluster: string | null;
  readonly state: ComponentState;
  readonly pid: number | null;
  /** Where it listens; 0 for MirrorMaker, which does not. */
  readonly port: number;
  readonly logFile: string;
  /** Empty while it runs. */
  readonly lastLogLines: readonly string[];
  /** Why it is held; null otherwise. */
  readonly heldBecause: string | null;
}

export interface UpOptions {
  readonly progress: RuntimeProgress;
  readonly signal: AbortSignal;
  readonly withSchemaRegistry: boolean;
  readonly withGateways: boolean;
  /** Why nothing that runs may be made anew: a run that is not over, in words; undefined: there is none. */
  readonly findOpenRun?: () => Promise<string | undefined>;
  /** Called when every gateway is healthy: a request served on the data plane. Throw to fail `up`. */
  readonly proveGateways?: (signal: AbortSignal) => Promise<void>;
}

export interface UpResult {
  /** In order of their start; phases overlap. */
  readonly phases: readonly Phase[];
  readonly totalMs: number;
  readonly components: readonly ComponentStatus[];
}

export interface Phase {
  readonly name: string;
  readonly startedAtMs: number;
  readonly durationMs: number;
}

export interface DownOptions {
  readonly progress: RuntimeProgress;
  /** Delete the environment's folder, too: logs, records, token key. */
  readonly deleteData: boolean;
}

export interface DownResult {
  readonly stopped: readonly string[];
  readonly totalMs: number;
}

export interface StopOptions {
  readonly hold?: string;
  /** It is ended by force after this; the runtime's own limit by default. */
  readonly graceMs?: number;
}

/** Told about each piece of work; report/progress prints it. */
export interface RuntimeProgress {
  start(label: string): RuntimeProgressItem;
}

export interface RuntimeProgressItem {
  note(text: string): void;
  done(text?: string): void;
  fail(text: string): void;
}
