import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { GwctlError } from '../shared/errors.ts';
import type { RunEvent, RunListener } from './run-event.ts';

/** One run's events on disk, one JSON document a line: those before which nothing may happen are durable before the run goes on, and with them all that came earlier. */
export interface Journal {
  readonly file: string;
  readonly listener: RunListener;
  close(): Promise<void>;
}

/** Another event tells what has happened already, and a disk that is busy with records takes its time while producers wait. */
const AHEAD_OF_EFFECTS: ReadonlySet<RunEvent['type']> = new Set(['run-started', 'step-started', 'step-failed', 'run-ended']);

/** `<environment>/runs/<runId>.ndjson`, mode 0600; two runs never share one. */
export async function openJournal(environmentDir: string, runId: string): Promise<Journal> {
  const folder = join(environmentDir, 'runs');
  const file = join(folder, `${runId}.ndjson`);
  let handle: FileHandle;
  try {
    await mkdir(folder, { recursive: true });
    handle = await open(file, 'ax', 0o600);
  } catch (reason) {
    throw new GwctlError('ENVIRONMENT', `the journal ${file} cannot be written: ${reason instanceof Error ? reason.message : String(reason)}`, { cause: reason });
  }
  let last: Promise<void> = Promise.resolve();
  const write = async (event: RunEvent): Promise<void> => {
    await handle.appendFile(`${JSON.stringify(event, bigintAsText)}\n`);
    if (AHEAD_OF_EFFECTS.has(event.type)) await handle.datasync();
  };
  return {
    file,
    listener: (event) => {
      last = last.then(() => write(event), () => write(event));
      return last;
    },
    close: async () => {
      await last.catch(() => {});
      await handle.close();
    },
  };
}

/** A run that is given up by somebody else than its own process: a journal beside its own says who, when, and how it ended. Throws what `giveUp` throws. */
export async function recordGivingUp<T>(environmentDir: string, name: string, started: Extract<RunEvent, { type: 'run-started' }>, giveUp: () => Promise<T>, elapsedMs: () => number): Promise<T> {
  const journal = await openJournal(environmentDir, name);
  const startMs = elapsedMs();
  const end = async (outcome: 'rolled-back' | 'stuck', message: string): Promise<void> => await journal.listener({ type: 'run-ended', atMs: Math.round(elapsedMs() - startMs), outcome, message });
  try {
    await journal.listener(started);
    const answer = await giveUp();
    await end('rolled-back', `given up by ${started.by ?? 'somebody'}: every node serves ${started.plan.from}`);
    return answer;
  } catch (reason) {
    await end('stuck', GwctlError.from(reason).message).catch(() => {});
    throw reason;
  } finally {
    await journal.close();
  }
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
