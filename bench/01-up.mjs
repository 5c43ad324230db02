// How long `gwctl up` takes, by phase, with everything in the cache: the median of ROUNDS whole starts. Phases overlap.
import { median, printTable, withEnvironment } from './environment.mjs';

const ROUNDS = Number(process.env['ROUNDS'] ?? 3);

export async function run() {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push(await withEnvironment({ portOffset: 2000 }, async ({ gwctl }) => JSON.parse((await gwctl('up', '-o', 'json')).stdout)));
  }
  const [first] = rounds;
  const rows = first.phases.map(({ name }) => {
    const seen = rounds.flatMap(({ phases }) => phases.filter((phase) => phase.name === name));
    return [name, (median(seen.map(({ startedAtMs }) => startedAtMs)) / 1000).toFixed(1), (median(seen.map(({ durationMs }) => durationMs)) / 1000).toFixed(1)];
  });
  const totals = rounds.map(({ totalMs }) => totalMs / 1000);
  printTable(['phase', 'began at s', 'took s'], rows.filter((row) => Number(row[2]) >= 0.1));
  console.log(`ready after ${median(totals).toFixed(1)} s (median of ${ROUNDS}; ${totals.map((total) => total.toFixed(1)).join(', ')})`);
}
