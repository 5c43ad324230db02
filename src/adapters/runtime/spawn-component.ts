import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { GwctlError } from '../../shared/errors.ts';
import { type Component, filesOf } from './component.ts';
import { readPidFile } from './pid-file.ts';
import { isAlive, type ProcessIdentity } from './process-identity.ts';

export interface RunningComponent {
  readonly component: Component;
  readonly identity: ProcessIdentity;
  /** Resolves, in words, when the process is gone; never rejects. */
  readonly exited: Promise<string>;
}

/**
 * Starts a component as a process of its own session, which outlives gwctl. The process itself writes its pid file and only then
 * becomes the program, so the pid is on disk even when gwctl dies right after the spawn; when such an orphan and a new one meet, the
 * second finds the file and ends.
 */
export async function spawnComponent(component: Component, command: readonly string[], env: Readonly<Record<string, string>>): Promise<RunningComponent> {
  const files = filesOf(component.dir, component.name);
  await mkdir(component.dir, { recursive: true });
  await writeFile(files.description, JSON.stringify({ name: component.name, kind: component.kind, cluster: component.cluster, port: component.port }));
  const previous = await readPidFile(files.pid);
  if (previous !== undefined && isAlive(previous)) return adoptComponent(component, previous);
  if (previous !== undefined) await rm(files.pid, { force: true });
  await rename(files.log, `${files.log}.1`).catch(() => {});

  const log = openSync(files.log, 'a', 0o600);
  let child: ChildProcess;
  try {
    child = spawn('/bin/sh', ['-c', PID_FILE_WRAPPER, 'gwctl', files.pid, ...command], { cwd: component.dir, env: { ...env }, detached: true, stdio: ['ignore', log, log] });
  } finally {
    closeSync(log);
  }
  child.unref();
  const exited = exitOf(child);
  let isGone = false;
  void exited.then(() => (isGone = true));
  while (!existsSync(files.pid) && !isGone) await delay(POLL_MS);

  const identity = await readPidFile(files.pid);
  if (identity === undefined) throw new GwctlError('UNAVAILABLE', `${component.name} did not start: ${await exited}`);
  return identity.pid === child.pid ? { component, identity, exited } : adoptComponent(component, identity);
}

/** Watches a process that somebody else started. Its exit code is not for us to know. */
export function adoptComponent(component: Component, identity: ProcessIdentity): RunningComponent {
  return { component, identity, exited: watchExit(identity) };
}

const POLL_MS = 5;
const WATCH_MS = 100;

/** Run by `sh -c` with the pid file and the program as arguments; ends with 75, touching nothing, when there is a pid file. */
export const PID_FILE_WRAPPER = `
pid_file=$1; shift
start_time() { shift 21; printf %s "$1"; }
if [ -r /proc/$$/stat ]; then read -r stat < /proc/$$/stat; started=$(start_time $stat)
else started=$(ps -o lstart= -p $$ | sed 's/^ *//;s/ *$//'); fi
printf '{"pid":%s,"startTime":"%s"}\\n' $$ "$started" > "$pid_file.$$" || exit 74
ln "$pid_file.$$" "$pid_file" 2>/dev/null || { rm -f "$pid_file.$$"; exit 75; }
rm -f "$pid_file.$$"
exec "$@"
`;

function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (reason) => resolve(reason.message));
    child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `ended by ${signal}`));
  });
}

async function watchExit(identity: ProcessIdentity): Promise<string> {
  while (isAlive(identity)) await delay(WATCH_MS, undefined, { ref: false });
  return 'its process is gone';
}
