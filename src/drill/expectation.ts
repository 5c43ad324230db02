import { GwctlError } from '../shared/errors.ts';

/** What looking once has shown. `isFinal`: looking again cannot make it right. */
export type Judgement<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly expected: string; readonly seen: string; readonly isFinal?: boolean };

/** What else a person wants to see of a step that failed. */
export interface FailureContext {
  readonly lines?: readonly string[];
  readonly evidence?: Readonly<Record<string, unknown>>;
}

/** An assertion of a scenario that does not hold; the drill ends with it. */
export function notAsExpected(expected: string, seen: string, { lines = [], evidence = {} }: FailureContext = {}): GwctlError {
  return new GwctlError('CHECK_FAILED', `expected ${expected}, saw ${seen}`, { details: { expected, seen, lines, evidence } });
}
