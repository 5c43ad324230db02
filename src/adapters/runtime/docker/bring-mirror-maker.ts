import { rm, writeFile } from 'node:fs/promises';
import { clusterNamed } from '../../../topology/lookup.ts';
import { awaitHeartbeat, withClient } from '../await-ready.ts';
import { type Component, filesOf, MIRROR_MAKER } from '../component.ts';
import { readHold, unlessHeld } from '../hold.ts';
import { whyLeftHeld } from '../may-replicate.ts';
import { describeRenewal, type Renewal } from '../renew-mirror-maker.ts';
import { withItem } from '../with-item.ts';
import { composeUp, findOutdated } from './compose-up.ts';
import type { ContainersRun } from './containers-run.ts';
import { listContainers } from './containers.ts';
import { docker } from './docker-command.ts';
import { containerComponents, markStopped } from './observe-containers.ts';

/**
 * Starts MirrorMaker's container and waits for a heartbeat that it has copied. It is left stopped, or ended, where it would copy from a cluster that is not
 * active, and while a run copies in its place; a hold of a run that has died ends here.
 */
export async function bringMirrorMaker(run: ContainersRun, signal: AbortSignal): Promise<void> {
  const { topology, context, clock, project } = run;
  const component = containerComponents(topology, context.environmentDir, false).find(({ name }) => name === MIRROR_MAKER);
  if (component === undefined) return;
  const file = filesOf(component.dir, MIRROR_MAKER).held;
  await withItem(run, MIRROR_MAKER, async (item) => {
    const { held, why } = await whyLeftHeld(topology, topology.links, file);
    if (why !== undefined) {
      await markStopped(component);
      if (why !== held) await writeFile(file, `${why}\n`);
      await endHeld(run, component);
      return `left stopped: ${why}`;
    }
    await rm(file, { force: true });
    const links = topology.links.map(({ name }) => name).join(', ');
    let renewal: Renewal = { kind: 'current' };
    const heldBecause = await unlessHeld(file, signal, async (inner) => {
      renewal = await renewalOf(run, inner);
      item.note('waiting until it is healthy');
      await clock.time(`${MIRROR_MAKER} healthy`, () => composeUp({ project, environmentDir: context.environmentDir, services: [MIRROR_MAKER], isKept: renewal.kind === 'left' }, { env: context.env, signal: inner }));
      item.note(`waiting for a heartbeat: ${links}`);
      for (const link of topology.links) {
        await clock.time(`${link.name} replicates`, () => withClient(clusterNamed(topology, link.to), (target) => awaitHeartbeat(link, target, renewal.kind === 'renewed' ? renewal.atMs : run.startedAtMs, inner)));
      }
    });
    if (heldBecause === undefined) return `${describeRenewal(renewal)}a new heartbeat came through ${links}`;
    await markStopped(component);
    await endHeld(run, component);
    return `left stopped: ${heldBecause}`;
  });
}

/** What compose does with it: one that is described otherwise now is made anew, but not while a run is open, which counts on its replication. */
async function renewalOf({ project, context: { env, environmentDir }, options }: ContainersRun, signal: AbortSignal): Promise<Renewal> {
  const call = { env, signal };
  const running = (await listContainers(project, call)).filter(({ service, isRunning }) => service === MIRROR_MAKER && isRunning);
  if ((await findOutdated(running, { project, environmentDir }, call)).length === 0) return { kind: 'current' };
  const open = await options.findOpenRun?.();
  return open === undefined ? { kind: 'renewed', atMs: Date.now() } : { kind: 'left', because: open };
}

/** Compose starts what was ended a moment before. At once, as whoever holds it does; a run that gives it back starts it itself. */
async function endHeld({ project, context: { env } }: ContainersRun, { dir, name }: Component): Promise<void> {
  const container = (await listContainers(project, { env })).find(({ service }) => service === name);
  if (container?.isRunning === true && (await readHold(filesOf(dir, name).held)) !== undefined) await docker(['stop', '--time', '0', container.id], { env });
}
