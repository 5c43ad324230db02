import type { DownOptions, DownResult } from '../../../ports/runtime.ts';
import { projectName } from '../../../topology/compose/project-name.ts';
import type { LaunchContext } from '../launch.ts';
import { deleteEnvironment } from '../take-down.ts';
import { assertOurs, type Container, listContainers, listOwned } from './containers.ts';
import { docker, type DockerOptions } from './docker-command.ts';
import { containerComponents } from './observe-containers.ts';

/** For a broker to hand over what it leads; a cluster that ends as a whole waits for nobody. */
const STOP_SECONDS = 15;

/**
 * Ends and removes every container of the project, its network, and with `deleteData` its volumes. Goes by labels and not by the compose
 * file: that may be another version's, or gone.
 */
export async function takeContainersDown({ topology, environmentDir, env }: Pick<LaunchContext, 'topology' | 'environmentDir' | 'env'>, { progress, deleteData }: DownOptions): Promise<DownResult> {
  const startedMs = performance.now();
  const project = projectName(topology);
  const options: DockerOptions = { env };
  const containers = await listContainers(project, options);
  assertOurs(containers, environmentDir, project);
  const gateways = new Set(containerComponents(topology, environmentDir, true).filter(({ kind }) => kind === 'gateway').map(({ name }) => name));
  const running = containers.filter(({ isRunning }) => isRunning);
  // Whoever writes goes first; records that are about to be deleted need no orderly end.
  await stopAll(running.filter(({ service }) => gateways.has(service)), options);
  if (!deleteData) await stopAll(running.filter(({ service }) => !gateways.has(service)), options);
  // Volumes without a name, which images declare, go with their container; those with a name stay.
  if (containers.length > 0) await docker(['rm', '--force', '--volumes', ...containers.map(({ id }) => id)], options);
  for (const { service } of running) progress.start(service).done('stopped');
  const networks = await listOwned('network', project, options);
  if (networks.length > 0) await docker(['network', 'rm', ...networks], options);
  if (deleteData) {
    const volumes = await listOwned('volume', project, options);
    if (volumes.length > 0) await docker(['volume', 'rm', '--force', ...volumes], options);
    await deleteEnvironment(environmentDir);
  }
  return { stopped: running.map(({ service }) => service), totalMs: Math.round(performance.now() - startedMs) };
}

async function stopAll(containers: readonly Container[], options: DockerOptions): Promise<void> {
  if (containers.length > 0) await docker(['stop', '--time', `${STOP_SECONDS}`, ...containers.map(({ id }) => id)], options);
}
