// Runs the client matrix: `npm run matrix` all rows on the default pair of Kafka versions and a selection on the others,
// `npm run matrix -- --all-versions` all rows on all, `npm run matrix -- --clients java43,kcat` only the rows whose names begin so.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

let options;
try {
  options = parseArgs({ options: { 'all-versions': { type: 'boolean', default: false }, clients: { type: 'string', default: '' } } }).values;
} catch (reason) {
  process.stderr.write(`error: ${reason.message} (allowed: --all-versions, --clients NAME,NAME)\n`);
  process.exit(2);
}
const { status } = spawnSync(process.execPath, [join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'), 'run', 'test/e2e/client-matrix.test.ts'], {
  cwd: ROOT,
  stdio: 'inherit',
  env: { ...process.env, GWCTL_RUNTIME: 'local', GWCTL_MATRIX_ALL_VERSIONS: options['all-versions'] ? '1' : '', GWCTL_MATRIX_CLIENTS: options.clients },
});
process.exitCode = status ?? 1;
