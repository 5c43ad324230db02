import type { Observation } from './observation.ts';

/** `skip`: it could not be made, because something that another check reports is missing. */
export type CheckStatus = 'pass' | 'warn' | 'fail' | 'skip';

export interface CheckResult {
  readonly status: CheckStatus;
  /** What was seen, in one line. */
  readonly evidence: string;
  /** What a person does about it; for `warn` and `fail`. */
  readonly hint?: string;
}

/** One question about the world; pure, so that the same observation gives the same answer. */
export interface Check {
  readonly id: string;
  /** What is true when it passes. */
  readonly title: string;
  readonly run: (seen: Observation) => CheckResult;
}

export interface CheckReport extends CheckResult {
  readonly id: string;
  readonly title: string;
}

/** All of them, also after the first that fails: a person wants to see everything at once. */
export function runChecks(checks: readonly Check[], seen: Observation): CheckReport[] {
  return checks.map(({ id, title, run }) => ({ id, title, ...run(seen) }));
}

export function pass(evidence: string): CheckResult {
  return { status: 'pass', evidence };
}

export function warn(evidence: string, hint: string): CheckResult {
  return { status: 'warn', evidence, hint };
}

export function fail(evidence: string, hint: string): CheckResult {
  return { status: 'fail', evidence, hint };
}

export function skip(evidence: string): CheckResult {
  return { status: 'skip', evidence };
}

/** `a, b, c and 4 more` */
export function some(items: readonly string[], most = 3): string {
  const shown = items.slice(0, most).join(', ');
  return items.length > most ? `${shown} and ${items.length - most} more` : shown;
}
