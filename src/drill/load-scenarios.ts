import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { GwctlError } from '../shared/errors.ts';
import type { Topology } from '../topology/topology.ts';
import { parseScenario } from './parse-scenario.ts';
import type { Scenario } from './scenario.ts';

export interface LoadedScenario {
  readonly scenario: Scenario;
  /** Of the file's text: a report says what exactly was run. */
  readonly sha256: string;
}

/** Reads all files; throws CONFIG with the diagnostics of all of them at once, USAGE for one that cannot be read. */
export async function loadScenarios(files: readonly string[], topology: Topology, cwd: string): Promise<readonly LoadedScenario[]> {
  const loaded: LoadedScenario[] = [];
  const wrong: GwctlError[] = [];
  for (const file of files) {
    const text = await readText(file, cwd);
    try {
      loaded.push({ scenario: parseScenario(text, file, topology), sha256: createHash('sha256').update(text).digest('hex') });
    } catch (reason) {
      if (!(reason instanceof GwctlError) || reason.code !== 'CONFIG') throw reason;
      wrong.push(reason);
    }
  }
  const [first, ...more] = wrong;
  if (first === undefined) return loaded;
  if (more.length === 0) throw first;
  throw new GwctlError('CONFIG', wrong.map(({ message }) => message).join('\n'), { details: { diagnostics: wrong.flatMap(({ details }) => details['diagnostics']) } });
}

async function readText(file: string, cwd: string): Promise<string> {
  try {
    return await readFile(resolve(cwd, file), 'utf8');
  } catch (reason) {
    const { code } = reason as NodeJS.ErrnoException;
    throw new GwctlError('USAGE', code === 'ENOENT' ? `no scenario file ${file}` : `scenario file ${file} cannot be read (${code ?? 'unknown error'})`, { cause: reason });
  }
}
