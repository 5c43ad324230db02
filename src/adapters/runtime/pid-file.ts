import { readFile } from 'node:fs/promises';
import type { ProcessIdentity } from './process-identity.ts';

/** Who a pid file names; undefined when there is none. Whether that process lives is another question (isAlive). */
export async function readPidFile(path: string): Promise<ProcessIdentity | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw reason;
  }
  const { pid, startTime } = JSON.parse(text) as Partial<ProcessIdentity>;
  return typeof pid === 'number' && typeof startTime === 'string' ? { pid, startTime } : undefined;
}
