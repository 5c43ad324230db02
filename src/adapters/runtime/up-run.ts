import type { ComponentKind, ComponentStatus, UpOptions } from '../../ports/runtime.ts';
import { type Component, filesOf } from './component.ts';
import { type LaunchContext, prepareLaunch } from './launch.ts';
import type { PhaseClock } from './phases.ts';
import { readPidFile } from './pid-file.ts';
import { adoptComponent, spawnComponent } from './spawn-component.ts';
import type { Supervisor } from './supervise.ts';
import type { Toolchain } from './toolchain.ts';

/** One `up` under way. */
export interface UpRun {
  readonly context: LaunchContext;
  readonly options: UpOptions;
  readonly clock: PhaseClock;
  readonly toolchain: Toolchain;
  readonly supervisor: Supervisor;
  /** All that shall run, and how it was found. */
  readonly wanted: readonly { readonly component: Component; readonly found: ComponentStatus }[];
  /** Epoch: a heartbeat written after it proves that replication works now. */
  readonly startedAtMs: number;
}

/** Starts what does not run of one kind, side by side, and watches all of that kind. Held components are left alone. */
export async function startKind({ context, toolchain, supervisor, wanted }: UpRun, kind: ComponentKind): Promise<void> {
  await Promise.all(
    wanted.map(async (entry) => {
      const { component, found } = entry;
      if (component.kind !== kind || found.state === 'held') return;
      if (isToStart(entry)) {
        const { command, env } = await prepareLaunch(component, context, toolchain);
        supervisor.watch(await spawnComponent(component, command, env));
        return;
      }
      const identity = await readPidFile(filesOf(component.dir, component.name).pid);
      if (identity !== undefined) supervisor.watch(adoptComponent(component, identity));
    }),
  );
}

export function isToStart({ found }: { readonly found: ComponentStatus }): boolean {
  return found.state === 'stopped' || found.state === 'crashed';
}
