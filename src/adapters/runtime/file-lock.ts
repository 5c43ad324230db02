import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pid } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { GwctlError } from '../../shared/errors.ts';
import { isAlive, readStartTime } from './process-identity.ts';

export interface LockHolder {
  readonly pid: number;
  readonly startTime: string;
  /** What the holder is doing, for whoever finds the lock taken. */
  readonly purpose: string;
}

export interface LockOptions {
  readonly purpose: string;
  /** How long to wait for another holder; 0 refuses at once. */
  readonly waitMs: number;
  readonly onWait?: (holder: LockHolder) => void;
  readonly signal?: AbortSignal;
}

/** Runs `work` while this process holds the lock file; LOCKED when another living process does. A dead holder's lock is taken over. */
export async function withFileLock<T>(path: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  await acquire(path, options);
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

const POLL_MS = 50;

async function acquire(path: string, { purpose, waitMs, onWait, signal }: LockOptions): Promise<void> {
  const deadlineMs = performance.now() + waitMs;
  const mine: LockHolder = { pid, startTime: readStartTime(pid) ?? '', purpose };
  for (let isFirst = true; ; isFirst = false) {
    if (await create(path, mine)) return;
    const holder = await readHolder(path);
    if (holder === undefined) continue;
    if (!isAlive(holder)) {
      await removeStale(path, holder);
      continue;
    }
    if (performance.now() >= deadlineMs) {
      throw new GwctlError('LOCKED', `${path} is held by process ${holder.pid} (${holder.purpose})`, {
        hint: `wait until \`${holder.purpose}\` ends; a lock of a dead process is taken over by itself`,
        details: { path, holder },
      });
    }
    if (isFirst) onWait?.(holder);
    await delay(POLL_MS, undefined, signal === undefined ? {} : { signal });
  }
}

/** The file appears with its content or not at all: an empty lock file would look stale. */
async function create(path: string, holder: LockHolder): Promise<boolean> {
  const draft = `${path}.${pid}.${Math.random().toString(36).slice(2)}`;
  await writeFile(draft, JSON.stringify(holder), { mode: 0o600 });
  try {
    await link(draft, path);
    return true;
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw reason;
  } finally {
    await rm(draft, { force: true });
  }
}

async function readHolder(path: string): Promise<LockHolder | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as LockHolder;
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (reason instanceof SyntaxError) return { pid: 0, startTime: 'unreadable', purpose: 'unknown' };
    throw reason;
  }
}

/**
 * Two processes may find the same dead holder at once. Whoever moves the file away looks at what it moved: a lock that somebody made
 * in between is put back.
 */
async function removeStale(path: string, stale: LockHolder): Promise<void> {
  const moved = `${path}.stale.${pid}.${Math.random().toString(36).slice(2)}`;
  try {
    await rename(path, moved);
  } catch {
    return;
  }
  const seen = await readHolder(moved);
  if (seen !== undefined && (seen.pid !== stale.pid || seen.startTime !== stale.startTime)) await link(moved, path).catch(() => {});
  await rm(moved, { force: true });
}
