import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ComponentKind, DownOptions, DownResult } from '../../ports/runtime.ts';
import { GwctlError } from '../../shared/errors.ts';
import type { Topology } from '../../topology/topology.ts';
import { type Component, componentsOf } from './component.ts';
import { ENVIRONMENT_MARKER } from './environment-marker.ts';
import { findStrayComponents } from './observe-components.ts';
import { type StopLimits, stopComponent } from './stop-component.ts';

/** Whoever writes goes first: gateways, then what reads through the brokers, then all brokers at once. */
const STOP_ORDER: readonly ComponentKind[] = ['gateway', 'schema-registry', 'mirror-maker', 'broker'];

/** Ends every process of an environment, and with `deleteData` its folder. */
export async function takeDown(topology: Topology, environmentDir: string, { progress, deleteData }: DownOptions): Promise<DownResult> {
  const startedMs = performance.now();
  const known = componentsOf(topology, environmentDir);
  const stopped: string[] = [];
  // Twice: a process that was being spawned when a gwctl died writes its pid file a moment later.
  for (let round = 0; round < 2; round++) {
    const components = [...known, ...(await findStrayComponents(environmentDir, known))];
    for (const kind of STOP_ORDER) {
      const ofKind = components.filter((component) => component.kind === kind);
      const limits = deleteData && kind !== 'gateway' ? KILL_AT_ONCE : limitsOf(kind, 'all');
      await Promise.all(
        ofKind.map(async (component) => {
          if (!(await stopComponent(component, limits))) return;
          stopped.push(component.name);
          progress.start(component.name).done('stopped');
        }),
      );
    }
  }
  if (deleteData) await deleteEnvironment(environmentDir);
  return { stopped, totalMs: Math.round(performance.now() - startedMs) };
}

/** How long a component may take to end; `all`: its whole cluster ends with it. */
export function limitsOf(kind: Component['kind'], scope: 'one' | 'all'): StopLimits {
  if (kind !== 'broker') return { graceMs: 8000 };
  return scope === 'all' ? { graceMs: 20_000, afterCleanMs: 200 } : { graceMs: 20_000, afterCleanMs: 3000 };
}

/** Their records are about to be deleted. */
const KILL_AT_ONCE: StopLimits = { graceMs: 0 };

/** Deletes an environment's folder, if `up` made it. */
export async function deleteEnvironment(environmentDir: string): Promise<void> {
  if (!(await exists(environmentDir))) return;
  if (!(await exists(join(environmentDir, ENVIRONMENT_MARKER)))) {
    throw new GwctlError('ENVIRONMENT', `${environmentDir} was not made by gwctl up (it has no ${ENVIRONMENT_MARKER}), so it is not deleted`, { hint: 'check --state-dir' });
  }
  await rm(environmentDir, { recursive: true, force: true, maxRetries: 3 });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
