import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StackName } from '../../topology/compose/compose-stack.ts';
import type { Topology } from '../../topology/topology.ts';

/** Written by `up`; without it `down -v` deletes nothing: a state folder may be named wrongly. */
export const ENVIRONMENT_MARKER = 'environment.json';

/** What `up` remembers of an environment: its records lie where that runtime put them. */
export interface EnvironmentRecord {
  readonly runtime: 'local' | 'docker';
  readonly stack: StackName;
}

export async function writeEnvironmentRecord(environmentDir: string, { name, portOffset }: Topology, record: EnvironmentRecord): Promise<void> {
  await mkdir(environmentDir, { recursive: true });
  await writeFile(join(environmentDir, ENVIRONMENT_MARKER), `${JSON.stringify({ name, portOffset, ...record })}\n`);
}

/** undefined: there is no such environment yet. */
export async function readEnvironmentRecord(environmentDir: string): Promise<EnvironmentRecord | undefined> {
  const text = await readFile(join(environmentDir, ENVIRONMENT_MARKER), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { runtime, stack } = parseOrNothing(text);
  return { runtime: runtime ?? 'local', stack: stack ?? 'gwctl' };
}

/** A record that was cut off by a full disk is one of the local runtime, the only one that there was before there were records. */
function parseOrNothing(text: string): Partial<EnvironmentRecord> {
  try {
    return JSON.parse(text) as Partial<EnvironmentRecord>;
  } catch {
    return {};
  }
}
