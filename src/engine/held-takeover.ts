import { lastCommit } from '../arbiter/state-rules.ts';
import type { World } from '../checks/observe-world.ts';
import { parseTakeoverHold, renderInactiveSource, type TakeoverHold } from '../shared/takeover-hold.ts';
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

/** What has become of a replication that was found held: its source is active, so the replicator runs again; or it is not, and it stays off. */
export async function endHeldTakeover({ from, to }: TakeoverHold, options: GiveBackOptions): Promise<'replicates' | 'started' | 'off'> {
  const { world } = options;
  const logs = new Map(await Promise.all([...world.clusters].map(async ([name, { stateLog }]) => [name, await stateLog.read()] as const)));
  const active = lastCommit(logs)?.active ?? world.topology.clusters.find(({ role }) => role === 'primary')?.name ?? from;
  if (active === from) return (await giveBackReplication(from, to, options)) ? 'replicates' : 'started';
  await world.takeover?.(from, to)?.retire(renderInactiveSource(from, to, active));
  return 'off';
}
