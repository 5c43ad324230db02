import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Secret } from '../../topology/topology.ts';

const KEY_BYTES = 32;

/** Makes the key of a `generated` secret unless it is there: it outlives `down`, or every token given out would die. */
export async function ensureTokenKey(secret: Secret, environmentDir: string): Promise<void> {
  if (secret.kind !== 'generated') return;
  const path = join(environmentDir, secret.file);
  const draft = `${path}.${randomUUID()}`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(draft, `${randomBytes(KEY_BYTES).toString('base64url')}\n`, { mode: 0o600 });
  try {
    await link(draft, path);
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code !== 'EEXIST') throw reason;
  } finally {
    await rm(draft, { force: true });
  }
}
