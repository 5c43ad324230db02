import { GwctlError, type ErrorCode } from '../shared/errors.ts';
import { noActiveCluster } from './no-active-cluster.ts';
import type { World } from './observe-world.ts';

/** The cluster that the nodes serve, by the highest generation among those that answer. Throws CHECK_FAILED when none does. */
export async function activeCluster({ gateways }: Pick<World, 'gateways'>): Promise<string> {
  const outcomes = await Promise.allSettled(gateways.map((gateway) => gateway.state()));
  const states = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const [newest] = states.sort((a, b) => b.generation - a.generation);
  if (newest !== undefined) return newest.active;
  throw noActiveCluster(outcomes.flatMap((outcome, index) => (outcome.status === 'rejected' ? [{ name: gateways[index]?.node ?? '?', ...whyOf(outcome.reason) }] : [])));
}

function whyOf(reason: unknown): { readonly why: string; readonly code: ErrorCode; readonly hint: string | undefined } {
  const { code, message, hint } = GwctlError.from(reason);
  return { why: message, code, hint };
}
