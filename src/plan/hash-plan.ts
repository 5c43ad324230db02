import { createHash } from 'node:crypto';
import type { Plan } from './plan.ts';

const DIGITS = 12;

/** Names a plan: the same request in the same world has the same one, and a world in which something was switched meanwhile has another. */
export function hashPlan(plan: Plan): string {
  return createHash('sha256').update(JSON.stringify(plan)).digest('hex').slice(0, DIGITS);
}
