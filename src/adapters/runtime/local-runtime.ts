import { rm, writeFile } from 'node:fs/promises';
import type { ComponentStatus, Runtime, RuntimeProgress, StopOptions } from '../../ports/runtime.ts';
import { GwctlError } from '../../shared/errors.ts';
import { bringUp } from './bring-up.ts';
import { assertPortsFree } from './check-ports.ts';
import { type Component, componentsOf, filesOf, SCHEMA_REGISTRY } from './component.ts';
import { withFileLock } from './file-lock.ts';
import { type LaunchContext, prepareLaunch } from './launch.ts';
import { findStrayComponents, observeComponent, observeComponents } from './observe-components.ts';
import { spawnComponent } from './spawn-component.ts';
import { killComponent, stopComponent } from './stop-component.ts';
import { limitsOf, takeDown } from './take-down.ts';
import { prepareToolchain, type Toolchain } from './toolchain.ts';

/** The runtime of real processes on this machine: Kafka, MirrorMaker 2, schema registry and gateway nodes, no containers. */
export function createLocalRuntime(context: LaunchContext): Runtime {
  const { topology, environmentDir, env } = context;
  const lock = `${environmentDir}.lock`;
  const toolchains = new Map<boolean, Promise<Toolchain>>();
  /** Once a process of gwctl is enough: a drill stops and starts components many times. */
  const toolchainFor = (withSchemaRegistry: boolean) => {
    const made = toolchains.get(withSchemaRegistry) ?? prepareToolchain({ topology, env, progress: SILENT, withSchemaRegistry });
    toolchains.set(withSchemaRegistry, made);
    return made;
  };
  const find = async (name: string): Promise<Component> => {
    const known = componentsOf(topology, environmentDir);
    const component = [...known, ...(await findStrayComponents(environmentDir, known))].find((candidate) => candidate.name === name);
    if (component !== undefined) return component;
    throw new GwctlError('USAGE', `no component named "${name}" (there are ${known.map((each) => each.name).join(', ')})`);
  };

  return {
    up: (options) => withFileLock(lock, { purpose: 'gwctl up', waitMs: 0 }, () => bringUp(context, options)),
    down: (options) => withFileLock(lock, { purpose: 'gwctl down', waitMs: 0 }, () => takeDown(topology, environmentDir, options)),
    observe: (): Promise<readonly ComponentStatus[]> => observeComponents(topology, environmentDir),

    async start(name) {
      const component = await find(name);
      await rm(filesOf(component.dir, component.name).held, { force: true });
      if ((await observeComponent(component)).state === 'running') return;
      await assertPortsFree([component]);
      const { command, env: environment } = await prepareLaunch(component, context, await toolchainFor(name === SCHEMA_REGISTRY));
      await spawnComponent(component, command, environment);
    },

    async stop(name, { hold, graceMs }: StopOptions = {}) {
      const component = await find(name);
      if (hold !== undefined) await writeFile(filesOf(component.dir, component.name).held, `${hold}\n`);
      await stopComponent(component, graceMs === undefined ? limitsOf(component.kind, 'one') : { graceMs });
    },

    async kill(name) {
      const component = await find(name);
      if (!(await killComponent(component))) throw new GwctlError('NOT_AS_EXPECTED', `${name} is not running, so it cannot be killed`);
    },
  };
}

const SILENT: RuntimeProgress = { start: () => ({ note: () => {}, done: () => {}, fail: () => {} }) };
