import { GwctlError } from '../../../shared/errors.ts';
import { composeUp, findOutdated } from './compose-up.ts';
import type { ContainersRun } from './containers-run.ts';
import { listContainers } from './containers.ts';

/**
 * Starts these services and returns when they are healthy. What is described otherwise now is made anew, with its data; not while a run is open, which
 * counts on every broker and node.
 */
export async function bringServices({ project, context: { env, environmentDir }, options }: ContainersRun, services: readonly string[], signal: AbortSignal): Promise<void> {
  const call = { env, signal };
  const running = (await listContainers(project, call)).filter(({ service, isRunning }) => isRunning && services.includes(service));
  const outdated = await findOutdated(running, { project, environmentDir }, call);
  const open = outdated.length === 0 ? undefined : await options.findOpenRun?.().catch(unlessUnavailable);
  if (open !== undefined) options.progress.start(outdated.map(({ service }) => service).sort().join(', ')).done(`left as made before, since ${open}: \`gwctl up\` again, once that is over`);
  await composeUp({ project, environmentDir, services, isKept: open !== undefined }, call);
}

/** Where no cluster and no node answers, nothing is left that a run could count on. */
function unlessUnavailable(reason: unknown): undefined {
  if (GwctlError.from(reason).code !== 'UNAVAILABLE') throw reason;
}
