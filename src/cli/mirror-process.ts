import type { MirrorProcess } from '../adapters/replicator/mirror-takeover.ts';
import type { Runtime } from '../ports/runtime.ts';
import type { RuntimeName } from '../topology/topology.ts';

const MIRROR_MAKER = 'mirror-maker';

/** MirrorMaker as a process that gwctl can end and start; undefined where others operate it. `open` is called when the process is first asked for. */
export function mirrorProcessOf(name: RuntimeName, open: () => Promise<Runtime>): MirrorProcess | undefined {
  if (name !== 'local' && name !== 'docker') return undefined;
  let opening: Promise<Runtime> | undefined;
  const runtime = async (): Promise<Runtime> => await (opening ??= open());
  return {
    heldBecause: async () => (await (await runtime()).observe()).find((component) => component.name === MIRROR_MAKER && component.state === 'held')?.heldBecause ?? undefined,
    // Nothing of it is waited for: what it has not committed is aborted by the fence, and copied anew.
    hold: async (reason) => await (await runtime()).stop(MIRROR_MAKER, { hold: reason, graceMs: 0 }),
    release: async () => await (await runtime()).start(MIRROR_MAKER),
  };
}
