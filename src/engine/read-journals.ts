import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { counted } from '../shared/counted.ts';
import { GwctlError } from '../shared/errors.ts';
import type { RunEvent } from './run-event.ts';

/** What one journal holds. A run that was killed has no last event, and perhaps half a line. */
export interface JournalRead {
  /** The file's name without its ending: what `gwctl report` takes. */
  readonly name: string;
  readonly events: readonly RunEvent[];
  /** Why it says less than it should; undefined: it was read whole. */
  readonly problem: string | undefined;
}

const ENDING = '.ndjson';
const SCHEMA = 1;

/** All journals of an environment, the oldest first. An environment without any has none. */
export async function readJournals(environmentDir: string): Promise<readonly JournalRead[]> {
  const names = await readdir(folderOf(environmentDir)).catch((reason: NodeJS.ErrnoException) => {
    if (reason.code === 'ENOENT') return [];
    throw reason;
  });
  return await Promise.all(names.filter((name) => name.endsWith(ENDING)).map((name) => name.slice(0, -ENDING.length)).sort().map((name) => readOne(environmentDir, name)));
}

/** One of them by its name, or by the beginning of one. Throws USAGE when there is none, or more than one. */
export async function readJournal(environmentDir: string, name: string): Promise<JournalRead> {
  const all = await readJournals(environmentDir);
  const found = all.filter((journal) => journal.name === name);
  const matching = found.length > 0 ? found : all.filter((journal) => journal.name.startsWith(name));
  const [first] = matching;
  if (first === undefined || matching.length > 1) {
    throw new GwctlError('USAGE', first === undefined ? `no run "${name}" in this environment` : `"${name}" is the beginning of ${counted(matching.length, 'run')}`, { hint: 'gwctl history lists the runs' });
  }
  return first;
}

async function readOne(environmentDir: string, name: string): Promise<JournalRead> {
  const lines = (await readFile(join(folderOf(environmentDir), name + ENDING), 'utf8')).split('\n').filter((line) => line !== '');
  const events: RunEvent[] = [];
  for (const [index, line] of lines.entries()) {
    const event = parse(line);
    if (event === undefined) return { name, events, problem: index === lines.length - 1 ? 'its last line is cut' : `line ${index + 1} is no event` };
    if (event.type === 'run-started' && event.schema !== SCHEMA) return { name, events: [], problem: `it is of schema ${String(event.schema)} (known: ${SCHEMA}): a newer gwctl wrote it` };
    events.push(event);
  }
  return { name, events, problem: events[0]?.type === 'run-started' ? undefined : 'its beginning is missing' };
}

function parse(line: string): RunEvent | undefined {
  try {
    const value = JSON.parse(line) as Partial<RunEvent> | null;
    return typeof value?.type === 'string' ? (value as RunEvent) : undefined;
  } catch {
    return undefined;
  }
}

function folderOf(environmentDir: string): string {
  return join(environmentDir, 'runs');
}
