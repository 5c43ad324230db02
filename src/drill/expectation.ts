import { GwctlError } from '../shared/errors.ts';

/** What looking once has shown. `isFinal`: looking again cannot make it right. */
export type Judgement<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly expected: string; readonly seen: string; readonly isFinal?: boolean };

/** An assertion of a scenario that does not hold; the drill ends with it. */
export function notAsExpected(expected: string, seen: string): GwctlError {
  return new GwctlError('CHECK_FAILED', `expected ${expected}, saw ${seen}`, { details: { expected, seen } });
}
