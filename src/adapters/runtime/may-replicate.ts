import { openStateLog } from '../../arbiter/state-log.ts';
import { lastCommit } from '../../arbiter/state-rules.ts';
import { renderInactiveSource } from '../../shared/takeover-hold.ts';
import type { MirrorLink, Topology } from '../../topology/topology.ts';
import { withClient } from './await-ready.ts';

/**
 * Why these links must not be replicated: one of them would copy from a cluster that a switch has left. undefined: they may. The clusters must
 * answer; their logs of the switch decide.
 */
export async function whyNotReplicate({ clusters }: Pick<Topology, 'clusters'>, links: readonly MirrorLink[]): Promise<string | undefined> {
  const logs = new Map(await Promise.all(clusters.map(async (cluster) => [cluster.name, await withClient(cluster, (client) => openStateLog(client).read())] as const)));
  const active = lastCommit(logs)?.active ?? clusters.find(({ role }) => role === 'primary')?.name;
  const wrong = links.find(({ from }) => from !== active);
  return wrong === undefined || active === undefined ? undefined : renderInactiveSource(wrong.from, wrong.to, active);
}
