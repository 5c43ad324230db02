import { join } from 'node:path';
import { expect } from 'vitest';
import { readPidFile } from '../../src/adapters/runtime/pid-file.ts';
import { isAlive } from '../../src/adapters/runtime/process-identity.ts';
import type { TestEnvironment } from './environment.ts';

/** A signal to one process of this environment, by the pid that gwctl wrote down. A deadly one is waited for. */
export async function signalComponent({ dir }: TestEnvironment, name: string, signal: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
  const identity = await readPidFile(join(dir, name, 'pid.json'));
  if (identity === undefined) throw new Error(`${name} has no pid file`);
  process.kill(identity.pid, signal);
  if (signal === 'SIGTERM' || signal === 'SIGKILL') await expect.poll(() => isAlive(identity), { timeout: 20_000 }).toBe(false);
}
