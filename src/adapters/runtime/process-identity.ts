import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { kill } from 'node:process';

/** A process for ever: a pid is used again, a pid together with its start time is not. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Field 22 of /proc/<pid>/stat on Linux, `ps -o lstart=` elsewhere; opaque. */
  readonly startTime: string;
}

/** When that process started; undefined when there is none, or only a zombie. */
export function readStartTime(pid: number): string | undefined {
  try {
    return readFromProc(pid);
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code !== 'ENOENT' || HAS_PROC) return undefined;
    return readFromPs(pid);
  }
}

/** True only for the very process that was recorded. */
export function isAlive({ pid, startTime }: ProcessIdentity): boolean {
  return readStartTime(pid) === startTime;
}

/** Sends a signal to that process and no other; false when it is gone already. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false;
  try {
    kill(identity.pid, signal);
    return true;
  } catch {
    return false;
  }
}

const HAS_PROC = canReadProc();

function canReadProc(): boolean {
  try {
    readFileSync('/proc/self/stat');
    return true;
  } catch {
    return false;
  }
}

function readFromProc(pid: number): string | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The command name stands in parentheses and may hold anything, so count from the last one: state is field 3.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const isOver = fields[0] === 'X' || (fields[0] === 'Z' && countThreads(pid) <= 1);
  return isOver ? undefined : fields[22 - 3];
}

/** The first thread of a process that is killed may be over before the others, and its ports and files are theirs, too, until the last has gone. */
function countThreads(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`).length;
  } catch {
    return 0;
  }
}

function readFromPs(pid: number): string | undefined {
  try {
    const text = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    return text === '' ? undefined : text;
  } catch {
    return undefined;
  }
}
