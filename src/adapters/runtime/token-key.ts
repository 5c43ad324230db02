import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Secret } from '../../topology/topology.ts';

const KEY_BYTES = 32;

/** Makes the key of a `generated` secret unless it is there: it must outlive `down`, or every token given out would die. */
export async function ensureTokenKey(secret: Secret, environmentDir: string): Promise<void> {
  if (secret.kind !== 'generated') return;
  const path = join(environmentDir, secret.file);
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(path, `${randomBytes(KEY_BYTES).toString('base64url')}\n`, { flag: 'wx', mode: 0o600 });
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code !== 'EEXIST') throw reason;
  }
}
