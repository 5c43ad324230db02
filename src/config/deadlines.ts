import type { FailoverPolicy, PhaseDeadlines } from '../topology/topology.ts';
import { parseDurationMs } from './duration.ts';
import type { Finding } from './diagnostic.ts';

/** Phases in which producers wait and a switch can still be given up: their part of the pause budget, where the file says nothing. */
const PAUSE_SHARES = { pause: 0.2, drain: 0.2, proveTail: 0.4, moveGroups: 0.2 } as const;

/**
 * The other phases. Groups that are far behind are counted first, before any node holds a lease; no client waits for a backlog that MirrorMaker has left, either. A member of a group learns of a rebalance with its next heartbeat, 3 s later at most by default, and commits when it polls.
 * The commit outlasts the election of a new leader for the log (9 s after a broker went silent).
 */
export const FREE_DEADLINES = { translateGroups: '20s', prepare: '10s', intent: '15s', alignLeaders: '5s', takeOver: '60s', drainGroups: '6s', commit: '15s', flip: '4s', resume: '4s', retire: '15s', proveSwitch: '20s' } as const;

/** The longest that the admin API takes. */
const MAX_DRAIN_GROUPS_MS = 60_000;

type PausePhase = keyof typeof PAUSE_SHARES;
export type PhaseName = PausePhase | keyof typeof FREE_DEADLINES;

const PAUSE_PHASES = Object.keys(PAUSE_SHARES) as readonly PausePhase[];

/** In the order in which they happen. */
export const PHASE_NAMES = ['translateGroups', 'prepare', 'intent', 'alignLeaders', 'takeOver', 'drainGroups', 'pause', 'drain', 'proveTail', 'moveGroups', 'commit', 'flip', 'resume', 'retire', 'proveSwitch'] as const satisfies readonly PhaseName[];

type DeadlineEntries = Readonly<Partial<Record<PhaseName, string | undefined>>>;

/** What the file says; what it leaves out of the pause budget is shared by the other phases of the pause. */
export function buildDeadlines(entries: DeadlineEntries, pauseBudgetMs: number): PhaseDeadlines {
  const given = (phase: PhaseName): number | undefined => parseDurationMs(entries[phase] ?? '');
  const leftMs = pauseBudgetMs - PAUSE_PHASES.reduce((sum, phase) => sum + (given(phase) ?? 0), 0);
  const shares = PAUSE_PHASES.reduce((sum, phase) => sum + (given(phase) === undefined ? PAUSE_SHARES[phase] : 0), 0);
  const paused = (phase: PausePhase): number => given(phase) ?? Math.max(0, Math.floor((leftMs * PAUSE_SHARES[phase]) / shares));
  const free = (phase: keyof typeof FREE_DEADLINES): number => given(phase) ?? parseDurationMs(FREE_DEADLINES[phase]) ?? 0;
  return {
    translateGroupsMs: free('translateGroups'),
    prepareMs: free('prepare'),
    intentMs: free('intent'),
    alignLeadersMs: free('alignLeaders'),
    takeOverMs: free('takeOver'),
    drainGroupsMs: free('drainGroups'),
    pauseMs: paused('pause'),
    drainMs: paused('drain'),
    proveTailMs: paused('proveTail'),
    moveGroupsMs: paused('moveGroups'),
    commitMs: free('commit'),
    flipMs: free('flip'),
    resumeMs: free('resume'),
    retireMs: free('retire'),
    proveSwitchMs: free('proveSwitch'),
  };
}

/** What producers wait for together must be over before their held writes are refused. */
export function checkDeadlines({ pauseBudgetMs, deadlines: { pauseMs, drainMs, proveTailMs, moveGroupsMs, drainGroupsMs } }: FailoverPolicy): readonly Finding[] {
  if (drainGroupsMs > MAX_DRAIN_GROUPS_MS) return [{ path: ['failover', 'deadlines', 'drainGroups'], message: `${drainGroupsMs} ms is more than a node waits for the members of groups (${MAX_DRAIN_GROUPS_MS} ms)` }];
  const phases = { pause: pauseMs, drain: drainMs, proveTail: proveTailMs, moveGroups: moveGroupsMs };
  const list = Object.entries(phases).map(([name, ms]) => `${name} ${ms} ms`).join(', ');
  const because = [['failover', 'pauseBudget']];
  const sumMs = Object.values(phases).reduce((sum, ms) => sum + ms, 0);
  if (sumMs > pauseBudgetMs) return [{ path: ['failover', 'deadlines'], because, message: `${list} are more than failover.pauseBudget together (${pauseBudgetMs} ms)` }];
  if (Object.values(phases).some((ms) => ms === 0)) return [{ path: ['failover', 'deadlines'], because, message: `${list}: nothing of failover.pauseBudget (${pauseBudgetMs} ms) is left for one of them` }];
  return [];
}
