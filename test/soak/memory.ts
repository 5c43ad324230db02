import { readdirSync, readFileSync } from 'node:fs';

/** Resident memory of a node's processes at one time: its own first, then its workers'. */
export interface MemorySample {
  readonly atMs: number;
  readonly mib: readonly number[];
}

/** By how much the last third of a run may need more than the second. */
const ALLOWED_GROWTH = 1.1;
const KIBIBYTES_PER_MIB = 1024;

/** The node's process and its workers, oldest worker first. Linux only. */
export function processesOf(pid: number): readonly number[] {
  const workers = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).filter((name) => parentOf(name) === pid && readProc(`${name}/cmdline`).includes('--worker'));
  return [pid, ...workers.map(Number).sort((one, other) => one - other)];
}

export function residentMib(pids: readonly number[]): readonly number[] {
  return pids.map((pid) => Number(/^VmRSS:\s+(\d+)/m.exec(readProc(`${pid}/status`))?.[1] ?? 0) / KIBIBYTES_PER_MIB);
}

/** Whether memory has stopped to grow: the medians of the second and of the last third of a run, all processes of a node together. */
export function judgeMemory(samples: readonly MemorySample[], durationMs: number): { readonly secondMib: number; readonly lastMib: number; readonly isFlat: boolean } {
  const within = (from: number, to: number): number => median(samples.filter(({ atMs }) => atMs >= from * durationMs && atMs < to * durationMs).map(({ mib }) => mib.reduce((sum, each) => sum + each, 0)));
  const [secondMib, lastMib] = [within(1 / 3, 2 / 3), within(2 / 3, 1)];
  return { secondMib, lastMib, isFlat: lastMib <= secondMib * ALLOWED_GROWTH };
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? NaN;
}

function parentOf(pid: string): number {
  const text = readProc(`${pid}/stat`);
  return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]);
}

/** Empty for a process that ended meanwhile. */
function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return '';
  }
}
