import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { GwctlError } from '../../shared/errors.ts';
import { type Component, filesOf } from './component.ts';
import { readPidFile } from './pid-file.ts';
import { isAlive, signalProcess } from './process-identity.ts';

export interface StopLimits {
  /** SIGKILL after this. */
  readonly graceMs: number;
  /** For a broker whose quorum stops with it: SIGKILL this long after its logs are closed. */
  readonly afterCleanMs?: number;
}

/** Asks a component to end, waits, and ends it by force when it does not. True when there was a process to end. */
export async function stopComponent(component: Pick<Component, 'name' | 'dir'>, { graceMs, afterCleanMs }: StopLimits): Promise<boolean> {
  const files = filesOf(component.dir, component.name);
  const identity = await readPidFile(files.pid);
  if (identity === undefined) return false;
  const wasAlive = signalProcess(identity, 'SIGTERM');
  let killAtMs = performance.now() + graceMs;
  for (let isClean = false; isAlive(identity); ) {
    // The last members of a quorum wait 5 s for a successor that cannot come; by then nothing is left to be written.
    if (!isClean && afterCleanMs !== undefined && existsSync(join(files.data, CLEAN_SHUTDOWN))) {
      isClean = true;
      killAtMs = Math.min(killAtMs, performance.now() + afterCleanMs);
    }
    if (performance.now() >= killAtMs) {
      await killAndWait(component.name, identity);
      break;
    }
    await delay(POLL_MS);
  }
  await rm(files.pid, { force: true });
  return wasAlive;
}

/** SIGKILL and nothing else: the pid file stays, so the component counts as crashed. */
export async function killComponent(component: Pick<Component, 'name' | 'dir'>): Promise<boolean> {
  const identity = await readPidFile(filesOf(component.dir, component.name).pid);
  if (identity === undefined || !isAlive(identity)) return false;
  await killAndWait(component.name, identity);
  return true;
}

const POLL_MS = 20;
const KILL_MS = 10_000;

/** Kafka writes it into a log folder once every log in it is flushed and closed, and removes it at the next start. */
const CLEAN_SHUTDOWN = '.kafka_cleanshutdown';

async function killAndWait(name: string, identity: Parameters<typeof isAlive>[0]): Promise<void> {
  signalProcess(identity, 'SIGKILL');
  const deadlineMs = performance.now() + KILL_MS;
  while (isAlive(identity)) {
    if (performance.now() > deadlineMs) throw new GwctlError('UNAVAILABLE', `${name}: process ${identity.pid} is still there ${KILL_MS / 1000} s after SIGKILL`);
    await delay(POLL_MS);
  }
}
