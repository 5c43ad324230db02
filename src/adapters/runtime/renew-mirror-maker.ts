import { existsSync } from 'node:fs';
import { type Component, filesOf } from './component.ts';
import { isMirrorMakerOutdated } from './launch.ts';
import { stopComponent } from './stop-component.ts';
import { limitsOf } from './take-down.ts';
import { startKind, type UpRun } from './up-run.ts';

/** 'current': it runs as it would be started now. 'renewed': it was started anew, at that time (epoch). 'left': it runs as it was started, and why. */
export type Renewal = { readonly kind: 'current' } | { readonly kind: 'renewed'; readonly atMs: number } | { readonly kind: 'left'; readonly because: string };

/**
 * A MirrorMaker that runs was started with the configuration of then: when gwctl.yaml has changed since, it is started anew. Not while a run is open, which
 * counts on its replication and may be about to take it over. To be called before it is watched.
 */
export async function renewMirrorMaker(run: UpRun, component: Component, clustersAnswer: () => Promise<void>): Promise<Renewal> {
  const entry = run.wanted.find((each) => each.component.name === component.name);
  if (entry?.found.state !== 'running' || entry.found.heldBecause !== null || !(await isMirrorMakerOutdated(run.context))) return { kind: 'current' };
  await clustersAnswer();
  const open = await run.options.findOpenRun?.();
  if (open !== undefined) return { kind: 'left', because: open };
  const { held } = filesOf(component.dir, component.name);
  const limits = limitsOf(component.kind, 'one');
  await stopComponent(component, limits);
  const atMs = Date.now();
  if (!existsSync(held)) await startKind({ ...run, wanted: [{ component, found: { ...entry.found, state: 'stopped', pid: null } }] }, component.kind);
  // A run that has begun meanwhile has found no process to end.
  if (existsSync(held)) await stopComponent(component, limits);
  return { kind: 'renewed', atMs };
}

/** Said before whatever else is said of a MirrorMaker that runs. */
export function describeRenewal(renewal: Renewal): string {
  switch (renewal.kind) {
    case 'current': return '';
    case 'renewed': return 'started anew, since its configuration has changed: ';
    case 'left': return `its configuration has changed, and it goes on with the one of before, since ${renewal.because}: \`gwctl up\` again, once that is over; `;
  }
}
