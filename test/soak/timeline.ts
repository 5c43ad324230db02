/** What is done to an environment while clients use it. */
export type Disturbance = 'pause' | 'kill-worker' | 'kill-broker' | 'switch';

export interface PlannedDisturbance {
  readonly atMs: number;
  readonly what: Disturbance;
}

export const PAUSE_EVERY_MS = 30_000;
/** Shares of the whole: the kills early, so that what they leave in memory is there before it is measured, and the switch near the end. */
const ONCE: readonly (readonly [number, Disturbance])[] = [[0.1, 'kill-worker'], [0.2, 'kill-broker'], [0.85, 'switch']];

/** Pure: in the order of their times. One that takes longer makes the next one late. */
export function planDisturbances(durationMs: number): readonly PlannedDisturbance[] {
  const pauses = Array.from({ length: Math.ceil(durationMs / PAUSE_EVERY_MS) - 1 }, (_, index) => ({ atMs: (index + 1) * PAUSE_EVERY_MS, what: 'pause' as const }));
  const others = ONCE.map(([share, what]) => ({ atMs: Math.round(share * durationMs), what }));
  return [...pauses, ...others].sort((one, other) => one.atMs - other.atMs);
}
