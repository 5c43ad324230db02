// Makes a checkout ready to run: checks Node, installs dependencies, compiles src to build, file by file, and bundles it in dist, which is what
// runs and is shipped. Does nothing that is done already, and may be run by two shells at once. Plain Node: it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const BUILD = join(ROOT, 'build');
const DIST = join(ROOT, 'dist');
const LOCK = join(BUILD, '.setup.lock');
const STAMP = join(BUILD, '.setup-stamp');
const LOCK_WAIT_MS = 10 * 60_000;
const startedAtMs = Date.now();

try {
  checkNode();
  mkdirSync(BUILD, { recursive: true });
  await takeLock();
  try {
    installDependencies();
    compile();
  } finally {
    rmSync(LOCK, { force: true });
  }
} catch (reason) {
  say(`error: ${reason instanceof Error ? reason.message : String(reason)}`);
  process.exitCode = 1;
}

function checkNode() {
  const { engines } = readJson(join(ROOT, 'package.json'));
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [wantedMajor, wantedMinor] = engines.node.replace(/^\D+/, '').split('.').map(Number);
  if (major < wantedMajor || (major === wantedMajor && minor < wantedMinor)) throw new Error(`node ${process.versions.node} is too old (${engines.node} is needed)`);
}

/** npm keeps in node_modules a record of what it installed, written last: when it says the same as the lock file, nothing is to do. */
function installDependencies() {
  if (isInstalled()) return;
  say('installing dependencies (npm ci)');
  run('npm', ['ci', '--no-audit', '--no-fund'], 'npm ci');
}

function isInstalled() {
  const record = join(ROOT, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = readJson(record).packages;
  const wanted = readJson(join(ROOT, 'package-lock.json')).packages;
  for (const [path, { version, optional, devOptional }] of Object.entries(wanted)) {
    if (path === '' || installed[path]?.version === version) continue;
    // Builds for other platforms are not installed.
    if (installed[path] === undefined && (optional || devOptional)) continue;
    return false;
  }
  return Object.keys(installed).every((path) => wanted[path] !== undefined);
}

function compile() {
  const sources = filesBelow(join(ROOT, 'src'));
  const isWhole = sources.every((file) => file.endsWith('.d.ts') || existsSync(outputOf(file)));
  const hash = hashOf([...sources, ...['tsconfig.json', 'tsconfig.build.json', 'package-lock.json', 'tools/bundle.mjs'].map((name) => join(ROOT, name))]);
  if (isWhole && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stampOf(hash)) return;
  say('compiling src to build');
  rmSync(STAMP, { force: true });
  // tsc believes its record of what it wrote, even after somebody deleted it.
  if (!isWhole) rmSync(join(BUILD, '.tsbuildinfo'), { force: true });
  run(process.execPath, [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json'], 'tsc');
  removeOrphans();
  say('bundling src in dist');
  run(process.execPath, [join(ROOT, 'tools', 'bundle.mjs')], 'the bundler');
  writeFileSync(STAMP, stampOf(hash));
}

/** What was made of which sources: a bundle of which a file was deleted is made anew. */
function stampOf(hash) {
  return [hash, ...(existsSync(DIST) ? readdirSync(DIST).sort() : [])].join('\n');
}

function outputOf(source) {
  return join(BUILD, relative(join(ROOT, 'src'), source)).replace(/\.ts$/, '.js');
}

/** A source that was deleted or renamed leaves its old output, which would still be importable. */
function removeOrphans() {
  for (const file of filesBelow(BUILD)) {
    if (file.endsWith('.js') && !existsSync(join(ROOT, 'src', relative(BUILD, file)).replace(/\.js$/, '.ts'))) rmSync(file);
  }
}

/** The lock is a file with our process id. One left by a process that died is taken over. */
async function takeLock() {
  let isTold = false;
  while (Date.now() - startedAtMs < LOCK_WAIT_MS) {
    try {
      const descriptor = openSync(LOCK, 'wx');
      writeSync(descriptor, String(process.pid));
      closeSync(descriptor);
      return;
    } catch (reason) {
      if (reason.code !== 'EEXIST') throw reason;
    }
    const holder = readLock();
    if (holder !== undefined && !isAlive(holder)) removeLockOf(holder);
    else {
      if (!isTold) say(`waiting for another setup (process ${holder ?? 'unknown'})`);
      isTold = true;
      await delay(200);
    }
  }
  throw new Error(`another setup holds ${relative(ROOT, LOCK)} for more than ${LOCK_WAIT_MS / 60_000} min (delete it if there is none)`);
}

function readLock() {
  try {
    const pid = Number(readFileSync(LOCK, 'utf8'));
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Renamed first: of two that found the same dead holder, only one gets the file, and a new holder's file is put back. */
function removeLockOf(holder) {
  const taken = `${LOCK}.${process.pid}`;
  try {
    renameSync(LOCK, taken);
  } catch {
    return;
  }
  if (Number(readFileSync(taken, 'utf8')) === holder) rmSync(taken);
  else renameSync(taken, LOCK);
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (reason) {
    return reason.code === 'EPERM';
  }
}

function run(command, args, name) {
  const { status, signal, error } = spawnSync(command, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  if (error) throw new Error(`${name} could not be started (${error.message})`);
  if (status !== 0) throw new Error(`${name} ended with ${signal ?? `exit code ${status}`}`);
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(relative(ROOT, file).split(sep).join('/')).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function say(text) {
  process.stderr.write(`setup: ${text}\n`);
}
