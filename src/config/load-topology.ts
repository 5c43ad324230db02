import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { GwctlError } from '../shared/errors.ts';
import type { Topology } from '../topology/topology.ts';
import { CONFIG_FILE_NAME } from './defaults.ts';
import { parseTopology } from './parse-topology.ts';

export interface LoadOptions {
  /** Must exist when given; else ./gwctl.yaml when it exists, else the built-in topology. */
  readonly file?: string;
  readonly portOffset: number;
  /** What relative paths are relative to; the folder of the process when left out. */
  readonly cwd?: string;
}

/** The environment that this call is about. Throws CONFIG with every diagnostic of the file at once. */
export async function loadTopology({ file, portOffset, cwd = '.' }: LoadOptions): Promise<Topology> {
  const name = file ?? CONFIG_FILE_NAME;
  const path = resolve(cwd, name);
  const text = await readIfThere(path, name);
  if (text === undefined && file !== undefined) throw new GwctlError('USAGE', `no configuration file ${file}`);
  return parseTopology(text ?? '', { fileName: text === undefined ? 'built-in topology' : name, portOffset, baseDir: dirname(path) });
}

async function readIfThere(path: string, name: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (reason) {
    const { code } = reason as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new GwctlError('USAGE', `configuration file ${name} cannot be read (${code ?? 'unknown error'})`, { cause: reason });
  }
}
