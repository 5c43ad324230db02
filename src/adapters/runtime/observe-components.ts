import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ComponentKind, ComponentStatus } from '../../ports/runtime.ts';
import type { Topology } from '../../topology/topology.ts';
import { type Component, componentsOf, filesOf } from './component.ts';
import { readLogTail } from './log-tail.ts';
import { readPidFile } from './pid-file.ts';
import { isAlive } from './process-identity.ts';

/** Every component of a topology in start order, then what else still runs in its folder. Needs no Java and starts nothing. */
export async function observeComponents(topology: Topology, environmentDir: string): Promise<readonly ComponentStatus[]> {
  const known = componentsOf(topology, environmentDir);
  const strays = await findStrayComponents(environmentDir, known);
  return Promise.all([...known, ...strays].map(observeComponent));
}

/** What became of one component, from its pid file and the process table. */
export async function observeComponent(component: Component): Promise<ComponentStatus> {
  const files = filesOf(component.dir, component.name);
  const identity = await readPidFile(files.pid);
  const isRunning = identity !== undefined && isAlive(identity);
  const held = existsSync(files.held) ? (await readFile(files.held, 'utf8')).trim() : null;
  const state = isRunning ? 'running' : held !== null ? 'held' : identity === undefined ? 'stopped' : 'crashed';
  return {
    name: component.name,
    kind: component.kind,
    cluster: component.cluster,
    state,
    pid: isRunning ? identity.pid : null,
    port: component.port,
    logFile: files.log,
    lastLogLines: state === 'running' || state === 'stopped' ? [] : await readLogTail(files.log),
    heldBecause: held,
  };
}

/** Components whose folder has a process, but which the topology does not name (any more): `down` must end them, too. */
export async function findStrayComponents(environmentDir: string, known: readonly Component[]): Promise<readonly Component[]> {
  const entries = await readdir(environmentDir, { withFileTypes: true }).catch(() => []);
  const strays: Component[] = [];
  for (const entry of entries) {
    const dir = join(environmentDir, entry.name);
    if (!entry.isDirectory() || known.some(({ name }) => name === entry.name) || !existsSync(join(dir, 'pid.json'))) continue;
    const { kind, cluster, port } = await readDescription(filesOf(dir, entry.name).description);
    strays.push({ name: entry.name, kind, cluster, dir, port, binds: [] });
  }
  return strays;
}

async function readDescription(path: string): Promise<{ kind: ComponentKind; cluster: string | null; port: number }> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as { kind: ComponentKind; cluster: string | null; port: number };
  } catch {
    return { kind: 'broker', cluster: null, port: 0 };
  }
}
