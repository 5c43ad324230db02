import type { Phase } from '../../ports/runtime.ts';

export interface PhaseClock {
  /** Runs `work` and remembers when it began and how long it took, also when it throws. Phases may overlap. */
  time<T>(name: string, work: () => Promise<T>): Promise<T>;
  phases(): readonly Phase[];
  totalMs(): number;
}

/** A stopwatch for the parts of one `up`. */
export function startPhaseClock(now: () => number = () => performance.now()): PhaseClock {
  const startMs = now();
  const phases: Phase[] = [];
  const since = (fromMs: number) => Math.round(now() - fromMs);
  return {
    async time(name, work) {
      const beganMs = now();
      const startedAtMs = since(startMs);
      try {
        return await work();
      } finally {
        phases.push({ name, startedAtMs, durationMs: since(beganMs) });
      }
    },
    phases: () => phases.toSorted((a, b) => a.startedAtMs - b.startedAtMs),
    totalMs: () => since(startMs),
  };
}
