import type { StateRecord } from '../../src/arbiter/state-record.ts';
import { lastCommit, type Standing, type StateLogs } from '../../src/arbiter/state-rules.ts';
import type { Phase } from '../../src/shared/admin-api.ts';

export type Cluster = 'main' | 'failover';
export type NodeName = 'A' | 'B' | 'C';
export type RunName = 'r1' | 'r2';

/**
 *   down ──restart──► looking ──join──► joined ──read──► up
 *                        ▲                 │ another cluster, meanwhile      │ lost, or moved by itself
 *                        └─────────────────┴─────────────────────────────────┘
 */
export interface NodeState {
  life: 'down' | 'looking' | 'joined' | 'up';
  phase: Phase;
  /** Nobody could say which cluster is active. */
  lost: boolean;
  gen: number;
  active: Cluster;
  /** On its disk. */
  memory: Standing;
  /** On its disk: it was paused for this run, and has not heard how that ended. */
  pledge: Pledge | null;
  run: Pledge | null;
  /** The lease of `run` is over. */
  over: boolean;
  /** A write may be on its way to `active`. */
  inFlight: boolean;
  /** Left out of an unplanned switch while it let writes pass, and it has not noticed yet: what the design accepts. */
  behind: boolean;
  /** Since it started. */
  joined: Cluster[];
}

export interface Pledge {
  id: RunName;
  gen: number;
  to: Cluster;
}

export type Step = 'idle' | 'prepare' | 'foreign' | 'intent' | 'check' | 'pause' | 'drain' | 'commit' | 'read' | 'copy' | 'flip' | 'resume' | 'undo-commit' | 'undo-calls' | 'undo-intent' | 'end' | 'dead';

export interface RunState {
  step: Step;
  from: Cluster;
  to: Cluster;
  basis: number;
  gen: number;
  /** Nodes that the present step has not asked yet. */
  todo: NodeName[];
  failed: boolean;
  hasCommitted: boolean;
  /** What is left of an undo. */
  undo: Step[];
}

export type Verb = 'prepare' | 'pause' | 'drain' | 'flip' | 'resume' | 'abort';

export type Late = { kind: 'call'; run: RunName; verb: Verb; node: NodeName; gen: number; to: Cluster } | { kind: 'append'; cluster: Cluster; record: string };

/** Plain data: its JSON is its identity. Records are written as words, so that it stays short. */
export interface ModelState {
  logs: Record<Cluster, string[]>;
  nodes: Partial<Record<NodeName, NodeState>>;
  runs: Partial<Record<RunName, RunState>>;
  late: Late[];
  /** `A:main`: A cannot reach main at present. */
  blind: string[];
  /** How many failures of each kind may still happen. */
  left: { nodeCrash: number; gwctlCrash: number; lost: number; late: number; blind: number };
}

const parsed = new Map<string, StateRecord>();

export function recordOf(words: string): StateRecord {
  const known = parsed.get(words);
  if (known !== undefined) return known;
  const [kind = '', second = '', from = '', to = '', runId = ''] = words.split(' ');
  const at = '';
  const record =
    kind === 'join' || kind === 'leave'
      ? { kind, node: second, at }
      : { kind, generation: Number(second), from, to, runId, by: runId, at, ...(kind === 'intent' ? { leaseMs: 1 } : {}) };
  parsed.set(words, record as StateRecord);
  return record as StateRecord;
}

export function recordsOf(log: readonly string[]): StateRecord[] {
  return log.map(recordOf);
}

/** As one participant sees them. */
export function logsSeenBy(state: ModelState, who: string): StateLogs {
  return new Map((['main', 'failover'] as const).map((name) => [name, state.blind.includes(`${who}:${name}`) ? undefined : recordsOf(state.logs[name])]));
}

/** What an observer who sees everything says. */
export function truth(state: ModelState): Standing {
  return lastCommit(logsSeenBy(state, '')) ?? { generation: 1, active: 'main' };
}

export function lets(node: NodeState): boolean {
  return node.life === 'up' && !node.lost && (node.phase === 'serving' || node.phase === 'prepared');
}

export function isOver({ step }: RunState): boolean {
  return step === 'idle' || step === 'end' || step === 'dead';
}
