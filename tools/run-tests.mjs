// Runs the tests in two groups, the quick ones in parallel, then those that start processes; says as its last line how many passed and
// failed, and above it what failed, and what did so only once. Arguments go to vitest: `npm test -- config` runs the files whose path contains "config".
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { watchMachine } from './machine-load.mjs';
import { countTests, failuresOf, filesToRunAgain, isTelling, withSecondRun } from './second-run.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const GROUPS = [['unit', 'wire', 'model'], ['integration', 'e2e-steady', 'e2e']];
/** A child that was told to stop needs a moment. */
const LEFTOVER_GRACE_MS = 5000;
const MOST_OF_A_MESSAGE = 600;

const runId = `${process.pid}-${Date.now()}`;
const workDir = mkdtempSync(join(tmpdir(), 'gwctl-tests-'));
const total = { passed: 0, failed: 0, skipped: 0 };
const notes = [];
const stopWatching = watchMachine();

for (const [index, projects] of GROUPS.entries()) {
  const { exit, report: first } = await runVitest(projects, `${index}`, process.argv.slice(2));
  if (first === undefined) {
    total.failed += 1;
    notes.push(`error: ${projects.join(' + ')}: vitest ended without a report (${exit})`);
    continue;
  }
  const report = await runFailedAgain(index, projects, first);
  const counts = countTests(report);
  for (const key of Object.keys(total)) total[key] += counts[key];
  for (const file of report.testResults) notes.push(...failuresOf(file).map(({ name, message }) => `error: ${relative(ROOT, file.name)}: ${name}: ${endOf(message)}`));
  if (!isTelling(exit, first)) {
    total.failed += 1;
    notes.push(`error: ${projects.join(' + ')}: every test passed, and vitest ended with ${exit}: an error outside of the tests, see above`);
  }
}
rmSync(workDir, { recursive: true, force: true });
notes.push(`machine: ${stopWatching()}`);

const leftovers = await processesLeft();
if (leftovers.length > 0) {
  total.failed += 1;
  notes.push(...leftovers.map(({ pid, command }) => `error: process ${pid} was left behind: ${command}`));
}
if (total.passed + total.failed === 0) notes.push('error: no test ran');

for (const note of notes) process.stdout.write(`${note}\n`);
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
process.stdout.write(`${total.passed} passed, ${total.failed} failed${skipped}\n`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;

/** What a command printed stands first in a message, and what it ought to have done last. */
function endOf(message) {
  return message.length > MOST_OF_A_MESSAGE ? `… ${message.slice(-MOST_OF_A_MESSAGE)}` : message;
}

/** In a run of everything, files that start processes get a second chance, alone; a person who names a file wants to see how it fails. */
async function runFailedAgain(index, projects, first) {
  const files = index === 0 || process.argv.length > 2 ? [] : filesToRunAgain(first);
  if (files.length === 0) return first;
  process.stdout.write(`\nagain, alone: ${files.map((file) => relative(ROOT, file)).join(', ')}\n`);
  const { exit, report } = await runVitest(projects, `${index}-again`, ['--no-file-parallelism', ...files]);
  if (!isTelling(exit, report)) return first;
  const both = withSecondRun(first, report);
  for (const file of first.testResults.filter(({ name }) => files.includes(name))) {
    const outcome = both.testResults.find(({ name }) => name === file.name)?.status === 'passed' ? 'passed' : 'failed again';
    notes.push(...failuresOf(file).map(({ name, message }) => `unsteady: ${relative(ROOT, file.name)}: ${outcome} when run again; at first: ${name}: ${endOf(message)}`));
  }
  return both;
}

async function runVitest(projects, name, filters) {
  const reportFile = join(workDir, `${name}.json`);
  const args = [
    join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--passWithNoTests',
    '--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`,
    ...projects.map((project) => `--project=${project}`), ...filters,
  ];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, GWCTL_RUNTIME: 'local', GWCTL_TEST_RUN: runId } });
  const exit = await new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  return { exit, report: readReport(reportFile) };
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
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
