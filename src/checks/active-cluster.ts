import { GwctlError, isMisconfigured } from '../shared/errors.ts';
import type { World } from './observe-world.ts';

/** The cluster that the nodes serve, by the highest generation among those that answer. Throws CHECK_FAILED when none does. */
export async function activeCluster({ gateways }: Pick<World, 'gateways'>): Promise<string> {
  const outcomes = await Promise.allSettled(gateways.map((gateway) => gateway.state()));
  const states = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const [newest] = states.sort((a, b) => b.generation - a.generation);
  if (newest !== undefined) return newest.active;
  const misconfigured = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [GwctlError.from(outcome.reason)] : [])).find(({ code }) => isMisconfigured(code));
  if (misconfigured !== undefined) throw misconfigured;
  const whys = outcomes.map((outcome) => (outcome.status === 'rejected' ? GwctlError.from(outcome.reason).message : ''));
  throw new GwctlError('CHECK_FAILED', `no gateway node answers (${whys.join('; ')})`, { hint: 'start the gateways with `gwctl up`' });
}
