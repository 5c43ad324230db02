import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 100;

/** Why nobody may start a component, as it is written down in that file; undefined: it is not held. */
export async function readHold(file: string): Promise<string | undefined> {
  return await readFile(file, 'utf8').then((text) => text.trim(), () => undefined);
}

/**
 * Does `work`, unless somebody holds the component meanwhile, as a run does with MirrorMaker whose replication it takes over: `work` waits for what
 * cannot come then, so it is aborted, and whatever it ended with is no failure. Answers with the reason of the hold; undefined: `work` is done.
 */
export async function unlessHeld(file: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<string | undefined> {
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const untilHeld = async (): Promise<void> => {
    while (!existsSync(file)) await delay(POLL_MS, undefined, { signal: either });
  };
  const watched = untilHeld();
  const done = work(either);
  try {
    await Promise.race([watched, done]);
  } catch (reason) {
    if (signal.aborted || !existsSync(file)) throw reason;
  } finally {
    over.abort();
    await Promise.allSettled([watched, done]);
  }
  return await readHold(file);
}
