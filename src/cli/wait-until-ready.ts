import { InvalidArgumentError, type Command } from 'commander';
import type { CheckReport } from '../checks/check.ts';
import { parseDurationMs } from '../config/duration.ts';
import type { Clock } from '../ports/clock.ts';
import type { CliContext } from './context.ts';

const PAUSE_MS = 500;

/** What a command looked at before it decides. */
export interface Look {
  readonly checks: readonly CheckReport[];
  readonly isReady: boolean;
  /** There is nothing to get ready for. */
  readonly isNoOp?: boolean;
}

/** `--wait 2m`, as milliseconds. */
export function addWaitOption(command: Command): Command {
  return command.option('--wait <duration>', 'look again until every check passes, for as long as this (30s, 2m)', readDuration);
}

/**
 * Looks until every check passes or `waitMs` are over (undefined: once), and says on stderr what it waits for. The last look is the answer. Throws what `look`
 * throws, and the signal's reason.
 */
export async function lookUntilReady<T extends Look>(look: () => Promise<T>, waitMs: number | undefined, clock: Clock, context: CliContext): Promise<T> {
  const deadlineMs = clock.elapsedMs() + (waitMs ?? 0);
  let seen = await look();
  if (isSettled(seen) || waitMs === undefined) return seen;
  const { createProgress } = await import('../report/progress.ts');
  const progress = createProgress(context, () => clock.elapsedMs());
  const waiting = progress.start('checks');
  try {
    while (!isSettled(seen) && clock.elapsedMs() < deadlineMs) {
      waiting.note(`waiting for ${seen.checks.filter(({ status }) => status === 'fail').map(({ id }) => id).join(', ')}`);
      await clock.sleep(Math.min(PAUSE_MS, deadlineMs - clock.elapsedMs()), context.signal);
      seen = await look();
    }
    if (isSettled(seen)) waiting.done('all pass');
    else waiting.fail(`not within ${waitMs / 1000} s`);
    return seen;
  } finally {
    progress.stop();
  }
}

function isSettled({ isReady, isNoOp }: Look): boolean {
  return isReady || isNoOp === true;
}

function readDuration(text: string): number {
  const ms = parseDurationMs(text);
  if (ms === undefined || ms <= 0) throw new InvalidArgumentError('a duration like 500ms, 20s or 2m');
  return ms;
}
