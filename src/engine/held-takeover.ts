import { lastCommit } from '../arbiter/state-rules.ts';
import type { World } from '../checks/observe-world.ts';
import { parseTakeoverHold, renderInactiveSource, type TakeoverHold } from '../shared/takeover-hold.ts';
import { GwctlError } from '../shared/errors.ts';
import { giveBackReplication, type GiveBackOptions } from '../steps/give-back-replication.ts';

/** The replication that a run took over and has not given back, because it died. Asked while no run is under way. */
export async function findHeldTakeover({ topology, takeover }: World): Promise<TakeoverHold | undefined> {
  for (const { from, to } of topology.links) {
    const held = await takeover?.(from, to)?.heldBecause();
    const hold = held === undefined ? undefined : parseTakeoverHold(held);
    if (hold !== undefined) return hold;
  }
  return undefined;
}

/**
 * What has become of a replication that was found held: its source is active, so the replicator runs again; or it is not, and it stays off. Where the source
 * does not answer, as after an unplanned switch that was given up, the replicator cannot run, and stays held until it does.
 */
export async function endHeldTakeover({ from, to }: TakeoverHold, options: GiveBackOptions): Promise<'replicates' | 'started' | 'waits' | 'off'> {
  const { world, note } = options;
  let isSourceGone = false;
  const logs = new Map(await Promise.all([...world.clusters].map(async ([name, { stateLog }]) => {
    const records = await stateLog.read().catch((reason: unknown) => {
      if (name !== from) throw reason;
      note(GwctlError.from(reason).message);
      isSourceGone = true;
      return undefined;
    });
    return [name, records] as const;
  })));
  const active = lastCommit(logs)?.active ?? world.topology.clusters.find(({ role }) => role === 'primary')?.name ?? from;
  if (active !== from) {
    await world.takeover?.(from, to)?.retire(renderInactiveSource(from, to, active));
    return 'off';
  }
  if (isSourceGone) return 'waits';
  return (await giveBackReplication(from, to, options)) ? 'replicates' : 'started';
}
