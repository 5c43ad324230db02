// Runs the tests that need a container engine; without one it says so and succeeds. Arguments go to vitest.
import { spawn, spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const ANSWER_MS = 20_000;

if (!answers(['version', '--format', '{{.Server.Version}}']) || !answers(['compose', 'version'])) {
  process.stdout.write('skipped: no container engine\n');
} else {
  const args = [join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--project=containers', ...process.argv.slice(2)];
  // The helper container of testcontainers is one more image to pull; each test removes what it made.
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, TESTCONTAINERS_RYUK_DISABLED: 'true' } });
  child.on('close', (code) => (process.exitCode = code ?? 1));
}

function answers(args) {
  return spawnSync('docker', args, { stdio: 'ignore', timeout: ANSWER_MS }).status === 0;
}
