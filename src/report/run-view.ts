import type { NodeSight, NodesSeen, RunEvent } from '../engine/run-event.ts';
import type { Plan } from '../plan/plan.ts';
import { counted } from '../shared/counted.ts';

/** Whoever watches a run: a person at a terminal, a file, a script. */
export interface RunView {
  readonly show: (event: RunEvent | NodesSeen) => void;
  /** A person wants out. */
  readonly interrupt: (why: string) => void;
  /** Call it when the run has ended, however it ended. */
  readonly stop: () => void;
}

/** `paused, 12 writes held, 0 under way` */
export function describeNode(sight: NodeSight, { from }: Pick<Plan, 'from'>): string {
  if (sight.phase === 'silent') return 'does not answer';
  const { phase, active, heldWrites, inFlightWrites } = sight;
  const where = phase === 'serving' || active !== from ? `${phase} ${active}` : phase;
  return `${where}, ${counted(heldWrites, 'write')} held, ${inFlightWrites} under way`;
}

/** `4.2 s`; never less than nothing. */
export function renderSeconds(ms: number): string {
  return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
}
