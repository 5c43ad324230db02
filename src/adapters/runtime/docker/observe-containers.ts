import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ComponentState, ComponentStatus } from '../../../ports/runtime.ts';
import { REGISTRY_SERVICE } from '../../../topology/compose/gwctl-stack.ts';
import { projectName } from '../../../topology/compose/project-name.ts';
import type { Topology } from '../../../topology/topology.ts';
import { type Component, componentsOf, filesOf } from '../component.ts';
import { type Container, listContainers, readContainerLog } from './containers.ts';
import type { DockerOptions } from './docker-command.ts';

const LOG_LINES = 20;

/** Every component in start order, from the engine's own view of its containers. */
export async function observeContainers(topology: Topology, environmentDir: string, options: DockerOptions): Promise<readonly ComponentStatus[]> {
  const containers = await listContainers(projectName(topology), options);
  const known = containerComponents(topology, environmentDir, containers.some(({ service }) => service === REGISTRY_SERVICE));
  return Promise.all(known.map((component) => observeContainer(component, containers.find(({ service }) => service === component.name), options)));
}

/** The components of a topology as containers: they bind what the host publishes, so no controller port. */
export function containerComponents(topology: Topology, environmentDir: string, withSchemaRegistry: boolean): readonly Component[] {
  const enabled = { ...topology, schemaRegistry: { ...topology.schemaRegistry, enabled: topology.schemaRegistry.enabled || withSchemaRegistry } };
  return componentsOf(enabled, environmentDir).map((component) => (component.kind === 'broker' ? { ...component, binds: component.binds.filter(({ port }) => port === component.port) } : component));
}

async function observeContainer(component: Component, container: Container | undefined, options: DockerOptions): Promise<ComponentStatus> {
  const held = await readFile(filesOf(component.dir, component.name).held, 'utf8').then((text) => text.trim(), () => null);
  const state = stateOf(container, held, existsSync(stoppedFile(component)));
  return {
    name: component.name,
    kind: component.kind,
    cluster: component.cluster,
    state,
    pid: null,
    port: component.port,
    logFile: container === undefined ? '' : `docker logs ${container.name}`,
    lastLogLines: container === undefined || state === 'running' || state === 'stopped' ? [] : await readContainerLog(container, LOG_LINES, options),
    heldBecause: held,
  };
}

/** An exit code does not tell a stop from a crash (a JVM that is asked to stop ends with 143), so each stop of ours leaves a file. */
function stateOf(container: Container | undefined, held: string | null, wasStopped: boolean): ComponentState {
  if (container?.isRunning === true) return 'running';
  if (held !== null) return 'held';
  return container?.hasExited === true && !wasStopped ? 'crashed' : 'stopped';
}

/** From now on an ended container is 'stopped' and not 'crashed'. */
export async function markStopped(component: Component): Promise<void> {
  await mkdir(component.dir, { recursive: true });
  await writeFile(stoppedFile(component), '');
}

/** It is meant to run (again). */
export async function unmarkStopped(component: Component): Promise<void> {
  await rm(stoppedFile(component), { force: true });
}

function stoppedFile({ dir }: Component): string {
  return join(dir, 'stopped');
}
