import { join } from 'node:path';
import { execa } from 'execa';
import { expect } from 'vitest';
import { readPidFile } from '../../src/adapters/runtime/pid-file.ts';
import { isAlive } from '../../src/adapters/runtime/process-identity.ts';
import { projectName } from '../../src/topology/compose/project-name.ts';
import type { TestEnvironment } from './environment.ts';

type Signal = 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT';

/** A signal to one process of this environment, by the pid that gwctl wrote down, or the same for its container. A deadly one is waited for. */
export async function signalComponent(environment: TestEnvironment, name: string, signal: Signal): Promise<void> {
  if (environment.runtime === 'docker') return await signalContainer(containerOf(environment, name), signal);
  const { dir } = environment;
  const identity = await readPidFile(join(dir, name, 'pid.json'));
  if (identity === undefined) throw new Error(`${name} has no pid file`);
  process.kill(identity.pid, signal);
  if (signal === 'SIGTERM' || signal === 'SIGKILL') await expect.poll(() => isAlive(identity), { timeout: 20_000 }).toBe(false);
}

/** The name that compose gives a component's container. */
export function containerOf({ topology }: TestEnvironment, component: string): string {
  return `${projectName(topology)}-${component}-1`;
}

/** A stop signal would reach one process of several; a pause, all of a container. */
async function signalContainer(container: string, signal: Signal): Promise<void> {
  if (signal === 'SIGSTOP') await execa('docker', ['pause', container]);
  else if (signal === 'SIGCONT') await execa('docker', ['unpause', container]);
  else {
    await execa('docker', ['kill', '--signal', signal, container]);
    await execa('docker', ['wait', container]);
  }
}
