/** Why a replicator's process is held while a run copies in its place. */
export interface TakeoverHold {
  readonly runId: string;
  readonly from: string;
  readonly to: string;
}

/** What is written down when the process is held: for people, and for the next run. */
export function renderTakeoverHold({ runId, from, to }: TakeoverHold): string {
  return `run ${runId} took over ${from}->${to} for a switch to ${to}`;
}

/** undefined: it is held for another reason. */
export function parseTakeoverHold(text: string): TakeoverHold | undefined {
  const [, runId, from, to] = /^run (\S+) took over (.+)->(.+) for a switch to \3$/.exec(text) ?? [];
  return runId === undefined || from === undefined || to === undefined ? undefined : { runId, from, to };
}

/** Why a replicator stays off after a switch: what it would copy is written by nobody, or by somebody who should not. */
export function renderInactiveSource(from: string, to: string, active: string): string {
  return `${active} is active: ${from}->${to} would copy from a cluster that is not`;
}
