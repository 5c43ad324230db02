import { access } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunListener } from '../engine/run-event.ts';
import type { Plan } from '../plan/plan.ts';

/**
 * Test only: `KIND` stops the run for ever before a step of this kind, so that a test can kill it at each boundary; `KIND:FILE` until FILE
 * exists, so that a test can do something to others meanwhile.
 */
export const HALT_VARIABLE = 'GWCTL_TEST_HALT_BEFORE';

const POLL_MS = 20;

export function haltForTests(plan: Plan, variable: string | undefined): RunListener {
  const [kind, ...rest] = (variable ?? '').split(':');
  const file = rest.length === 0 ? undefined : rest.join(':');
  return async (event) => {
    if (event.type !== 'step-started' || plan.steps[event.index]?.kind !== kind) return;
    if (file === undefined) await new Promise(() => {});
    else while (!(await exists(file))) await delay(POLL_MS);
  };
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(() => true, () => false);
}
