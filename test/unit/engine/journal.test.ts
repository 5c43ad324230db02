import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { openJournal } from '../../../src/engine/journal.ts';
import type { RunEvent } from '../../../src/engine/run-event.ts';

afterEach(() => void vi.restoreAllMocks());

const EVENTS: readonly RunEvent[] = [
  { type: 'step-started', atMs: 0, index: 0, text: 'hold writes' },
  { type: 'step-noted', atMs: 1, index: 0, text: 'a note' },
  { type: 'step-done', atMs: 2, index: 0, durationMs: 2, evidence: {} },
  { type: 'step-failed', atMs: 3, index: 1, message: 'no' },
  { type: 'step-undone', atMs: 4, index: 1 },
  { type: 'run-ended', atMs: 5, outcome: 'rolled-back', message: 'no' },
];

test('what comes before an effect, or ends the run, is on the disk before the run goes on; the rest with the next of these', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gwctl-journal-'));
  try {
    const probe = await open(join(folder, 'probe'), 'w');
    const synced = vi.spyOn(Object.getPrototypeOf(probe) as FileHandle, 'datasync');
    await probe.close();
    const journal = await openJournal(folder, 'run-1');
    const durable: string[] = [];
    for (const event of EVENTS) {
      const before = synced.mock.calls.length;
      await journal.listener(event);
      if (synced.mock.calls.length > before) durable.push(event.type);
    }
    await journal.close();
    expect(durable).toEqual(['step-started', 'step-failed', 'run-ended']);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
