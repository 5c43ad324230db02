import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readHold, unlessHeld } from '../../../../src/adapters/runtime/hold.ts';

const REASON = 'run r1 took over main->failover for a switch to failover';
let dir: string;
let file: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gwctl-hold-'));
  file = join(dir, 'held');
});
afterEach(async () => await rm(dir, { recursive: true }));

const never = (): AbortSignal => new AbortController().signal;
const hold = async (): Promise<void> => await writeFile(file, `${REASON}\n`);
const untilAborted = async (signal: AbortSignal): Promise<void> => {
  if (!signal.aborted) await once(signal, 'abort');
  throw signal.reason;
};

test('work that ends, with nobody holding the component, is done', async () => {
  expect(await unlessHeld(file, never(), async () => {})).toBeUndefined();
  expect(await readHold(file)).toBeUndefined();
});

test('a hold ends work that would wait for ever, and is what is answered', async () => {
  expect(
    await unlessHeld(file, never(), async (signal) => {
      await hold();
      await untilAborted(signal);
    }),
  ).toBe(REASON);
});

test('work that fails because the component was ended on purpose is no failure; without a hold it is one', async () => {
  const work = async (): Promise<void> => {
    throw new Error('mirror-maker ended with exit code 143');
  };
  await expect(unlessHeld(file, never(), work)).rejects.toThrow('exit code 143');
  expect(
    await unlessHeld(file, never(), async () => {
      await hold();
      return await work();
    }),
  ).toBe(REASON);
});

test('whoever gives up gets the reason for that, and no work goes on', async () => {
  const controller = new AbortController();
  let hasEnded = false;
  const result = unlessHeld(file, controller.signal, async (signal) => await untilAborted(signal).finally(() => (hasEnded = true)));
  controller.abort(new Error('stopped by SIGINT'));
  await expect(result).rejects.toThrow();
  expect(hasEnded).toBe(true);
});
