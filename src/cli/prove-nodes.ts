import { commandsToEnd, type OpenRun } from '../engine/open-run.ts';
import type { Clock } from '../ports/clock.ts';
import { GwctlError } from '../shared/errors.ts';

/** A little longer than a node holds a write for a run. */
const PATIENCE_MS = 30_000;
const RETRY_MS = 500;

export interface NodeProofs {
  /** A record through every node; throws UNAVAILABLE when one does not come through. */
  readonly prove: () => Promise<void>;
  readonly findOpenRun: () => Promise<OpenRun | undefined>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * A run that is under way holds writes for some seconds: that is no fault of what was started, so it is waited for. One that holds them for longer is
 * somebody's to end: LOCKED names it, with the commands that do. When `signal` aborts, its reason is thrown, and not what was interrupted by it.
 */
export async function proveNodes({ prove, findOpenRun, clock, signal }: NodeProofs): Promise<void> {
  const untilMs = clock.elapsedMs() + PATIENCE_MS;
  for (;;) {
    try {
      return await prove();
    } catch (reason) {
      signal.throwIfAborted();
      const error = GwctlError.from(reason);
      const run = error.code === 'UNAVAILABLE' ? await findOpenRun().catch(() => undefined) : undefined;
      if (run === undefined) throw error;
      if (clock.elapsedMs() > untilMs) throw underWay(run, error);
      await clock.sleep(RETRY_MS, signal).catch(() => signal.throwIfAborted());
    }
  }
}

function underWay(run: OpenRun, cause: GwctlError): GwctlError {
  const { runId, by, from, to } = run;
  return new GwctlError('LOCKED', `run ${runId}${by === undefined ? '' : ` of ${by}`} (${from} to ${to}) is under way and holds writes: everything was started, and no record came through every node in ${PATIENCE_MS / 1000} s`, {
    hint: `\`gwctl status\` shows how far it is; when its gwctl is gone, end it with ${commandsToEnd(run).map((command) => `\`${command}\``).join(' or ')}, then run \`gwctl up\` again`,
    cause,
  });
}
