import { Schedule, settleMicrotasks } from './schedule.ts';
import { SimulatedWorld, type Cut } from './simulated-world.ts';

/** Who may come in the middle: a node that no run knows, a second run, or both; or a run that leaves a node out and does not ask the source. */
export type ScheduleKind = 'joiner' | 'two-runs' | 'both' | 'unplanned';

export interface ScheduleResult {
  readonly why: string | undefined;
  readonly steps: number;
  readonly outcomes: readonly string[];
  readonly trace: readonly string[];
}

const ROUGH_STEPS = 600;
/** More than anybody needs who has nothing to fear any more. */
const CALM_STEPS = 6000;

/** One history: failures and runs at random for a while, then none any more; until all nodes serve what was decided last. */
export async function runSchedule(seed: number, kind: ScheduleKind, cuts: ReadonlySet<Cut> = new Set()): Promise<ScheduleResult> {
  const schedule = new Schedule(seed);
  const { dice, trace } = schedule;
  // From rough weather, in which hardly a run gets through, to a single failure now and then.
  const calm = [1, 4, 16][seed % 3] ?? 1;
  const world = new SimulatedWorld(schedule, cuts, calm);
  const result = (steps: number, why?: string): ScheduleResult => ({ why, steps, outcomes: world.outcomes, trace });
  world.start('A');
  world.start('B');
  let steps = 0;
  for (; steps < ROUGH_STEPS + CALM_STEPS; steps++) {
    if (steps === ROUGH_STEPS) {
      world.isRough = false;
      world.heal();
    }
    if (steps < ROUGH_STEPS) disturb(world, dice, steps, calm, kind);
    else {
      if (steps > ROUGH_STEPS + 100 && world.isFinished) return result(steps);
      if (dice(40) === 0) world.passTime(world.leaseMs / 3);
    }
    await schedule.step();
    const why = world.violation();
    if (why !== undefined) return result(steps, why);
  }
  await settleMicrotasks();
  return result(steps, `not finished after ${CALM_STEPS} steps without failures: ${world.outcomes.join(', ')}; ${world.describe()}`);
}

function disturb(world: SimulatedWorld, dice: (sides: number) => number, steps: number, calm: number, kind: ScheduleKind): void {
  const seldom = (oneIn: number): boolean => dice(oneIn * calm) === 0;
  if (steps > 20 && dice(15) === 0) world.startRun('r1', ['A', 'B']);
  if (kind === 'unplanned' && steps > 20 && dice(60) === 0) world.startRun('r2', [['B'], ['A', 'B']][dice(2)] ?? [], true);
  if ((kind === 'two-runs' || kind === 'both') && steps > 60 && dice(100) === 0) world.startRun('r2', ['A', 'B']);
  if (seldom(80)) world.passTime(world.leaseMs * 0.6);
  if (seldom(150)) world.crash(['A', 'B', 'C'][dice(3)] ?? '');
  for (const name of ['A', 'B']) if (!world.isUp(name) && dice(15) === 0) world.start(name);
  if (kind !== 'two-runs' && kind !== 'unplanned' && !world.isUp('C') && dice(250) === 0) world.start('C');
  if (seldom(250)) world.crashRun(dice(2) === 0 ? 'r1' : 'r2');
  if (seldom(120)) world.blind(['A', 'B', 'C', 'r1', 'r2'][dice(5)] ?? '', ['main', 'failover'][dice(2)] ?? '');
  if (dice(80) === 0) world.heal();
}
