import { afterEach, expect, test } from 'vitest';
import { createDice } from '../model/schedule.ts';
import { signalComponent } from '../support/component.ts';
import { openUnplannedLab, type UnplannedLab } from '../support/unplanned-lab.ts';

/** GWCTL_ROUNDS: how many. GWCTL_SEED: the first one's; each has its own. */
const ROUNDS = Number(process.env['GWCTL_ROUNDS'] ?? 10);
const SEED = Number(process.env['GWCTL_SEED'] ?? 1);
const LEAST_RECORDS = 300;

let lab: UnplannedLab | undefined;
afterEach(async () => {
  await lab?.dispose();
  lab = undefined;
});

/** At a random moment, with batches of a random size, with MirrorMaker alive, hanging or dead. */
test.each(Array.from({ length: ROUNDS }, (_, round) => ({ seed: SEED + round })))('all brokers of main are killed, seed $seed: announced is what the clients have lost', async ({ seed }) => {
  const dice = createDice(seed);
  lab = await openUnplannedLab({ batchRecords: 1 + dice(8) });
  await lab.untilMore(LEAST_RECORDS + dice(4000));
  const mirror = (['alive', 'SIGSTOP', 'SIGKILL'] as const)[dice(3)] ?? 'alive';
  if (mirror !== 'alive') {
    await signalComponent(lab.environment, 'mirror-maker', mirror);
    await lab.untilMore(dice(1500));
  }
  await lab.signalMain('SIGKILL');
  const { exitCode, stdout, stderr, loss, firstAckMs } = await lab.failover('--yes', '--max-loss-records', '1000000');
  expect(exitCode, `${stdout}\n${stderr}`).toBe(0);
  await lab.untilMore(100);
  const lost = await lab.lostRecords();
  process.stdout.write(`seed ${seed}, MirrorMaker ${mirror}: announced ${loss?.records ?? '?'}, lost ${lost.length}, first acknowledgement ${firstAckMs?.toFixed(0) ?? '?'} ms after the command\n`);
  expect(loss).toMatchObject({ records: lost.length, isExact: true, unknown: [] });
});
