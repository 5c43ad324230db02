import type { World } from '../checks/observe-world.ts';
import type { Clock } from '../ports/clock.ts';
import { GwctlError } from '../shared/errors.ts';

/** MirrorMaker needs 6 to 20 s from its start to its first record. */
export const GIVE_BACK_MS = 60_000;
const POLL_MS = 200;

export interface GiveBackOptions {
  readonly world: World;
  readonly clock: Clock;
  readonly note: (text: string) => void;
  readonly signal: AbortSignal;
}

/**
 * The replicator copies again, from where gwctl was. True once it has copied something; false when it has not in time: it was started, and
 * only its log can tell why.
 */
export async function giveBackReplication(from: string, to: string, { world, clock, note, signal }: GiveBackOptions): Promise<boolean> {
  const takeover = world.takeover?.(from, to);
  const replicator = world.replicator(from, to);
  if (takeover === undefined || replicator === undefined) throw new GwctlError('INTERNAL', `the replication ${from}->${to} cannot be given back in this world`);
  const startedAt = clock.now();
  const untilMs = clock.elapsedMs() + GIVE_BACK_MS;
  await takeover.giveBack();
  note(`MirrorMaker was started again: waiting until it copies ${from}->${to}`);
  for (;;) {
    const seen = await replicator.health().catch(() => undefined);
    if (seen?.lastHeartbeat !== undefined && seen.lastHeartbeat > startedAt) return true;
    if (clock.elapsedMs() > untilMs) break;
    await clock.sleep(POLL_MS, signal);
  }
  note(`MirrorMaker was started again, and has copied nothing in ${GIVE_BACK_MS / 1000} s: look at its log, and at \`gwctl verify\``);
  return false;
}
