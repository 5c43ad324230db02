// Runs the soak: `DURATION=10m CONNECTIONS=2000 npm run soak`. Exit code 0: nothing was lost, doubled or skipped, every client is alive, and the
// memory of the nodes is flat; else 1. SOAK_JSON=FILE keeps what every client said. It is no part of `npm test`. `CONTROL=1 npm run soak` runs its control
// instead: brokers die under clients behind the gateway and under the same clients on the brokers.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const DURATION = process.env['DURATION'] ?? '10m';
const CONNECTIONS = process.env['CONNECTIONS'] ?? '2000';
/** Shorter, and the parts of it are too short for memory to say anything. */
const SHORTEST_MINUTES = 2;

const [, count, unit] = /^(\d+)(s|m)$/.exec(DURATION) ?? [];
const seconds = Number(count) * (unit === 'm' ? 60 : 1);
if (!(seconds >= SHORTEST_MINUTES * 60) || !/^[1-9]\d*$/.test(CONNECTIONS)) {
  process.stderr.write(`error: DURATION=${DURATION} CONNECTIONS=${CONNECTIONS} (allowed: ${SHORTEST_MINUTES}m or more, as 600s or 10m; one connection or more)\n`);
  process.exit(2);
}
const { status } = spawnSync(process.execPath, [join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--project', 'soak', process.env['CONTROL'] === '1' ? 'broker-deaths' : 'soak.test'], {
  cwd: ROOT,
  stdio: 'inherit',
  env: { ...process.env, GWCTL_SOAK_SECONDS: `${seconds}`, GWCTL_SOAK_CONNECTIONS: CONNECTIONS },
});
process.exitCode = status ?? 1;
