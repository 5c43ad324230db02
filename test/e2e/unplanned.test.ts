import { afterEach, expect, test } from 'vitest';
import { openUnplannedLab, type UnplannedLab } from '../support/unplanned-lab.ts';

let lab: UnplannedLab | undefined;
afterEach(async () => {
  await lab?.dispose();
  lab = undefined;
});

test('kill -9 of all brokers of main under load: what was announced is what the clients have lost, record by record', async () => {
  lab = await openUnplannedLab();
  await lab.untilMore(2000);
  await lab.signalMain('SIGKILL');
  const { exitCode, stdout, stderr, loss, firstAckMs } = await lab.failover('--yes', '--max-loss-records', '100000');
  expect(exitCode, `${stdout}\n${stderr}`).toBe(0);
  await lab.untilMore(100);
  const lost = await lab.lostRecords();
  process.stdout.write(`announced ${loss?.records ?? '?'}, lost ${lost.length}, first acknowledgement after ${firstAckMs?.toFixed(0) ?? '?'} ms\n`);
  expect(loss).toMatchObject({ records: lost.length, isExact: true, unknown: [] });
});
