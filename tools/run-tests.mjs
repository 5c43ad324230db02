// Runs the tests in two groups, the quick ones in parallel, then those that start processes; says as its last line how many passed and
// failed. Arguments go to vitest: `npm test -- config` runs the files whose path contains "config".
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const GROUPS = [['unit', 'wire', 'model'], ['integration', 'e2e-steady', 'e2e']];
/** A child that was told to stop needs a moment. */
const LEFTOVER_GRACE_MS = 5000;

const runId = `${process.pid}-${Date.now()}`;
const workDir = mkdtempSync(join(tmpdir(), 'gwctl-tests-'));
const total = { passed: 0, failed: 0, skipped: 0 };
const notes = [];

for (const [index, projects] of GROUPS.entries()) {
  const reportFile = join(workDir, `${index}.json`);
  const exit = await runVitest(projects, reportFile);
  const counts = readCounts(reportFile);
  if (counts === undefined) {
    total.failed += 1;
    notes.push(`${projects.join(' + ')}: vitest ended without a report (${exit})`);
    continue;
  }
  for (const key of Object.keys(total)) total[key] += counts[key];
  notes.push(...counts.notes);
  if (exit !== 'exit code 0' && counts.failed === 0) {
    total.failed += 1;
    notes.push(`${projects.join(' + ')}: every test passed, and vitest ended with ${exit}: an error outside of the tests, see above`);
  }
}
rmSync(workDir, { recursive: true, force: true });

const leftovers = await processesLeft();
if (leftovers.length > 0) {
  total.failed += 1;
  notes.push(...leftovers.map(({ pid, command }) => `process ${pid} was left behind: ${command}`));
}
if (total.passed + total.failed === 0) notes.push('no test ran');

for (const note of notes) process.stdout.write(`error: ${note}\n`);
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
process.stdout.write(`${total.passed} passed, ${total.failed} failed${skipped}\n`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;

function runVitest(projects, reportFile) {
  const args = [
    join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--passWithNoTests',
    '--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`,
    ...projects.map((name) => `--project=${name}`), ...process.argv.slice(2),
  ];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, GWCTL_RUNTIME: 'local', GWCTL_TEST_RUN: runId } });
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
}

/** A file that fails before its first test, at an import say, has no failed test in it: it counts as one. */
function readCounts(reportFile) {
  let report;
  try {
    report = JSON.parse(readFileSync(reportFile, 'utf8'));
  } catch {
    return undefined;
  }
  const broken = report.testResults.filter((file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'));
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
    notes: broken.map((file) => `${file.name}: ${firstLine(file.message) || 'failed outside of its tests'}`),
  };
}

/** Every child inherits the id of the run, whoever started it and however far it has gone since. Linux only. */
async function processesLeft() {
  const deadline = Date.now() + LEFTOVER_GRACE_MS;
  let left = findProcesses();
  while (left.length > 0 && Date.now() < deadline) {
    await delay(100);
    left = findProcesses();
  }
  return left;
}

function findProcesses() {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => readProc(pid, 'environ').split('\0').includes(`GWCTL_TEST_RUN=${runId}`))
    .map((pid) => ({ pid, command: readProc(pid, 'cmdline').replaceAll('\0', ' ').trim().slice(0, 200) }));
}

/** Empty when the process has gone or is not ours. */
function readProc(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

function firstLine(text) {
  return (text ?? '').split('\n')[0];
}
