import { mkdir, rm, writeFile } from 'node:fs/promises';
import type { Runtime, StopOptions } from '../../../ports/runtime.ts';
import { GwctlError } from '../../../shared/errors.ts';
import { projectName } from '../../../topology/compose/project-name.ts';
import { type Component, filesOf } from '../component.ts';
import { withFileLock } from '../file-lock.ts';
import type { LaunchContext } from '../launch.ts';
import { assertHostPortsFree } from './assert-host-ports.ts';
import { compose } from './compose-up.ts';
import { type Container, listContainers } from './containers.ts';
import { takeContainersDown } from './containers-down.ts';
import { docker } from './docker-command.ts';
import { bringContainersUp } from './docker-up.ts';
import { containerComponents, markStopped, observeContainers, unmarkStopped } from './observe-containers.ts';

const STOP_MS = 20_000;

/** The runtime of containers, by way of `docker compose`: the same topology, the same promises. */
export function createDockerRuntime(context: LaunchContext): Runtime {
  const { topology, environmentDir, env } = context;
  const lock = `${environmentDir}.lock`;
  const project = projectName(topology);
  const find = async (name: string): Promise<{ readonly component: Component; readonly container: Container | undefined }> => {
    const known = containerComponents(topology, environmentDir, true);
    const component = known.find((candidate) => candidate.name === name);
    if (component === undefined) throw new GwctlError('USAGE', `no component named "${name}" (there are ${known.map((each) => each.name).join(', ')})`);
    return { component, container: (await listContainers(project, { env })).find(({ service }) => service === name) };
  };

  return {
    up: (options) => withFileLock(lock, { purpose: 'gwctl up', waitMs: 0 }, () => bringContainersUp(context, options)),
    down: (options) => withFileLock(lock, { purpose: 'gwctl down', waitMs: 0 }, () => takeContainersDown(context, options)),
    observe: () => observeContainers(topology, environmentDir, { env }),

    async start(name) {
      const { component, container } = await find(name);
      await rm(filesOf(component.dir, name).held, { force: true });
      if (container?.isRunning === true) return;
      await unmarkStopped(component);
      await assertHostPortsFree([component], { env });
      if (container === undefined) await compose(project, environmentDir, ['up', '-d', '--no-deps', '--no-build', name], { env });
      else await docker(['start', container.id], { env });
    },

    async stop(name, { hold, graceMs = STOP_MS }: StopOptions = {}) {
      const { component, container } = await find(name);
      await markStopped(component);
      if (hold !== undefined) await writeFile(filesOf(component.dir, name).held, `${hold}\n`);
      if (container?.isRunning === true) await docker(['stop', '--time', `${Math.ceil(graceMs / 1000)}`, container.id], { env });
    },

    async kill(name) {
      const { component, container } = await find(name);
      if (container?.isRunning !== true) throw new GwctlError('NOT_AS_EXPECTED', `${name} is not running, so it cannot be killed`);
      await mkdir(component.dir, { recursive: true });
      await docker(['kill', '--signal', 'KILL', container.id], { env });
      await docker(['wait', container.id], { env });
    },
  };
}
