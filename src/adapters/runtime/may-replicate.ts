import { openStateLog } from '../../arbiter/state-log.ts';
import { lastCommit, openIntent } from '../../arbiter/state-rules.ts';
import { parseTakeoverHold, renderInactiveSource } from '../../shared/takeover-hold.ts';
import type { MirrorLink, Topology } from '../../topology/topology.ts';
import { withClient } from './await-ready.ts';
import { readHold } from './hold.ts';

/**
 * Why these links must not be replicated: one of them would copy from a cluster that a switch has left, or the run that has taken them over (`held`, as
 * it is written down) is not over: it copies itself, and a MirrorMaker that starts would fence it. undefined: they may. The clusters must answer; their
 * logs of the switch decide.
 */
export async function whyNotReplicate({ clusters }: Pick<Topology, 'clusters'>, links: readonly MirrorLink[], held = ''): Promise<string | undefined> {
  const logs = new Map(await Promise.all(clusters.map(async (cluster) => [cluster.name, await withClient(cluster, (client) => openStateLog(client).read())] as const)));
  const standing = lastCommit(logs);
  const active = standing?.active ?? clusters.find(({ role }) => role === 'primary')?.name;
  const wrong = links.find(({ from }) => from !== active);
  if (wrong !== undefined && active !== undefined) return renderInactiveSource(wrong.from, wrong.to, active);
  const open = active === undefined ? undefined : openIntent(logs, { active, generation: standing?.generation ?? 1 });
  return open !== undefined && open.runId === parseTakeoverHold(held)?.runId ? held : undefined;
}

/** The same, beside a run that may take the links over or give them back at any moment: a hold that changed while the logs were read is looked at anew. */
export async function whyLeftHeld(topology: Pick<Topology, 'clusters'>, links: readonly MirrorLink[], holdFile: string): Promise<{ readonly held: string | undefined; readonly why: string | undefined }> {
  for (;;) {
    const held = await readHold(holdFile);
    if (held !== undefined && parseTakeoverHold(held) === undefined) return { held, why: held };
    const why = await whyNotReplicate(topology, links, held);
    if ((await readHold(holdFile)) === held) return { held, why };
  }
}
