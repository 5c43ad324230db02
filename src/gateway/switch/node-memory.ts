import { mkdir, open, readFile, rename, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { GwctlError } from '../../shared/errors.ts';

/** What a node must know after a restart: it must never come back on a cluster that was left. */
export interface NodeMemory {
  readonly generation: number;
  readonly active: string;
  /** It was paused for this run, which may count on it: until the run is decided it must not let writes pass. */
  readonly pledge?: Pledge;
}

export interface Pledge {
  readonly runId: string;
  /** That the run leads to. */
  readonly generation: number;
  readonly to: string;
}

/** undefined on a first start; a file that cannot be understood is an error, never a first start. */
export async function readNodeMemory(file: string): Promise<NodeMemory | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw reason;
  }
  try {
    const value = JSON.parse(text) as Partial<NodeMemory>;
    if (Number.isSafeInteger(value.generation) && typeof value.active === 'string') {
      const { pledge } = value;
      if (pledge === undefined) return { generation: value.generation as number, active: value.active };
      if (typeof pledge?.runId === 'string' && Number.isSafeInteger(pledge.generation) && typeof pledge.to === 'string') return { generation: value.generation as number, active: value.active, pledge };
    }
  } catch {
    // falls through to the error below
  }
  throw new GwctlError('NEEDS_OPERATOR', `${file} does not say which cluster is active`, {
    hint: 'compare with `gwctl status` of the other nodes and write {"generation":N,"active":"NAME"} into it',
  });
}

/** On disk before it returns, also after a power failure. */
export async function writeNodeMemory(file: string, memory: NodeMemory): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await withFile(`${file}.new`, 'w', async (handle) => {
    await handle.writeFile(`${JSON.stringify(memory)}\n`);
    await handle.datasync();
  });
  await rename(`${file}.new`, file);
  // Until its folder is on disk the name may still lead to what was there before.
  await withFile(dirname(file), 'r', async (folder) => await folder.sync());
}

async function withFile(path: string, flags: string, use: (handle: FileHandle) => Promise<void>): Promise<void> {
  const handle = await open(path, flags, 0o600);
  try {
    await use(handle);
  } finally {
    await handle.close();
  }
}
