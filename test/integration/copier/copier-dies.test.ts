import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { CopiedPartition } from '../../../src/copier/copy-state.ts';
import { openCopyLab, SOURCE_TASK, type CopyLab } from '../../support/copy-lab.ts';
import { loadValues, startSteadyLoad } from '../../support/steady-load.ts';

// Brokers that start beside other work take their time.
vi.setConfig({ hookTimeout: 240_000, testTimeout: 240_000 });

const PROGRAM = join(import.meta.dirname, 'copy.mjs');
const PARTITIONS = 3;
const OTHER_ID = 'main-mm2-MirrorSourceConnector-1';

describe.each(['4.3.1', '3.9.2'])('to Kafka %s', (kafkaVersion) => {
  let lab: CopyLab;
  beforeAll(async () => {
    lab = await openCopyLab('4.3.1', kafkaVersion, 1);
  });
  afterAll(async () => await lab?.stop());

  test('copiers that are killed with SIGKILL in the middle, one after the other: the last one leaves no gap and no duplicate', async () => {
    const partitions = await lab.newTopic('killed', PARTITIONS);
    const load = startSteadyLoad(lab.source, 'killed', PARTITIONS);
    // At different depths, so that the kill falls into different moments of a transaction.
    for (const records of [1, 40, 90, 150, 230]) await copyUntil('killed', records);
    await load.stop();
    const copier = lab.copy(partitions);
    await lab.settle(copier, partitions);
    await copier.stop();
    await expectExactly('killed', load.counts);
  });

  test('a copier ends at once when another one begins, and nothing is there twice', async () => {
    const partitions = await lab.newTopic('rivals', PARTITIONS);
    const load = startSteadyLoad(lab.source, 'rivals', PARTITIONS);
    const first = lab.copy(partitions);
    await expect.poll(() => first.copied.records, { timeout: 30_000 }).toBeGreaterThan(100);
    const second = lab.copy(partitions);
    await expect.poll(() => first.failure, { timeout: 30_000 }).toMatchObject({ code: 'NOT_AS_EXPECTED', message: expect.stringContaining('somebody else has taken over the replication main->failover') });
    const before = second.copied.records;
    await expect.poll(() => second.copied.records, { timeout: 30_000 }).toBeGreaterThan(before + 100);
    await load.stop();
    await lab.settle(second, partitions);
    await expectExactly('rivals', load.counts);
    expect(first.behindMs(), 'what has ended is not up to date').toBe(Number.POSITIVE_INFINITY);
  });

  test('control: two copiers with ids of their own write everything twice', async () => {
    const partitions = await lab.newTopic('doubles', PARTITIONS);
    const load = startSteadyLoad(lab.source, 'doubles', PARTITIONS);
    const copiers = [lab.copy(partitions), lab.copy(partitions, { transactionalId: OTHER_ID })];
    await Promise.all(copiers.map((copier) => expect.poll(() => copier.copied.records, { timeout: 30_000 }).toBeGreaterThan(100)));
    await load.stop();
    await Promise.all(copiers.map((copier) => lab.settle(copier, partitions)));
    const values = await valuesOf(0);
    expect(new Set(values).size).toBeLessThan(values.length);

    async function valuesOf(partition: number): Promise<readonly string[]> {
      return (await lab.read(lab.target, 'doubles', partition)).map(({ value }) => value?.toString() ?? '');
    }
  });

  test('the target\'s broker is killed and comes back: the copier goes on without a gap or a duplicate', async () => {
    const partitions = await lab.newTopic('broker-killed', PARTITIONS);
    const load = startSteadyLoad(lab.source, 'broker-killed', PARTITIONS);
    const copier = lab.copy(partitions);
    await expect.poll(() => copier.copied.records, { timeout: 30_000 }).toBeGreaterThan(100);
    await lab.targetBroker.kill();
    lab.targetBroker.start();
    const before = copier.copied.records;
    await expect.poll(() => copier.copied.records, { timeout: 40_000, message: String(copier.failure?.message) }).toBeGreaterThan(before + 100);
    expect(copier.failure).toBeUndefined();
    await load.stop();
    await lab.settle(copier, partitions);
    await expectExactly('broker-killed', load.counts);
  });

  /** A copier in a process of its own that is killed as soon as it says that it has copied so many records. */
  async function copyUntil(topic: string, records: number): Promise<void> {
    const child = spawn(process.execPath, [PROGRAM, `${lab.sourceBroker.port}`, `${lab.targetBroker.port}`, SOURCE_TASK, topic, `${PARTITIONS}`], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      for await (const line of createInterface({ input: child.stdout })) {
        const [word, count = ''] = line.split(' ');
        if (word !== 'copied') throw new Error(line);
        if (Number(count) >= records) break;
      }
    } finally {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
  }

  async function expectExactly(topic: string, counts: readonly number[]): Promise<void> {
    const partitions: readonly CopiedPartition[] = counts.map((_, partition) => ({ topic, partition }));
    for (const { partition } of partitions) {
      const values = (await lab.read(lab.target, topic, partition)).map(({ value }) => value?.toString());
      expect(values.length, `records of ${topic}-${partition}`).toBe(counts[partition]);
      expect(values).toEqual(loadValues(partition, counts[partition] ?? 0));
    }
  }
});
