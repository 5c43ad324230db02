// What processes cost, from Linux's /proc: CPU time and memory of a process with everything below it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const CLOCK_TICKS_PER_SECOND = 100;
const KIBIBYTES_PER_MIB = 1024;

/** CPU seconds that a process and its children have used, those included that ended and were waited for. 0 when it is gone. */
export function cpuSeconds(pid) {
  return treeOf(pid).reduce((sum, { ticks }) => sum + ticks, 0) / CLOCK_TICKS_PER_SECOND;
}

/** CPU seconds that everything on this machine has used since it started, the kernel's own work for the network included. */
export function machineCpuSeconds() {
  const [user, nice, system, , , irq, softIrq, steal] = readFileSync('/proc/stat', 'utf8').split('\n')[0].split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softIrq + steal) / CLOCK_TICKS_PER_SECOND;
}

/** Memory that is resident now, MiB. */
export function residentMib(pid) {
  return memoryMib(pid, 'VmRSS');
}

/** Highest resident memory so far, or since forgetPeak, MiB. */
export function peakMib(pid) {
  return memoryMib(pid, 'VmHWM');
}

export function forgetPeak(pid) {
  for (const { pid: one } of treeOf(pid)) writeFileSync(`/proc/${one}/clear_refs`, '5');
}

/**
 * Runs `use` and says what it cost meanwhile: CPU seconds of the process `pid` (0 when undefined), and how many cores everybody else
 * used. Not "everybody else" are this process with its children and the trees of `others`. The kernel's work for the loopback network belongs
 * to nobody's process where it says so, up to 0.4 cores; and since it counts processes and the machine in different ways, a little less than
 * 0 is possible.
 */
export async function watch({ pid, others }, use) {
  const own = () => [process.pid, ...others].reduce((sum, one) => sum + cpuSeconds(one), 0);
  const read = () => ({ atMs: performance.now(), machine: machineCpuSeconds(), own: own(), proxy: pid === undefined ? 0 : cpuSeconds(pid) });
  const before = read();
  const result = await use();
  const after = read();
  const seconds = (after.atMs - before.atMs) / 1000;
  const otherSeconds = after.machine - before.machine - (after.own - before.own);
  return { result, seconds, proxyCpuSeconds: after.proxy - before.proxy, otherCores: otherSeconds / seconds };
}

function memoryMib(pid, key) {
  return treeOf(pid).reduce((sum, { pid: one }) => sum + kibibytes(one, key), 0) / KIBIBYTES_PER_MIB;
}

function kibibytes(pid, key) {
  return Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(readProc(`${pid}/status`))?.[1] ?? 0);
}

function treeOf(root) {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name) => readStat(Number(name)));
  const found = all.filter(({ pid }) => pid === root);
  // It grows while it is walked: each process brings its children.
  for (const { pid } of found) found.push(...all.filter(({ parent }) => parent === pid));
  return found;
}

function readStat(pid) {
  const text = readProc(`${pid}/stat`);
  if (text === '') return [];
  // After the name, which may hold anything, blanks and brackets included.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ').map(Number);
  const [userTicks, systemTicks, waitedUserTicks, waitedSystemTicks] = fields.slice(11, 15);
  return [{ pid, parent: fields[1], ticks: userTicks + systemTicks + waitedUserTicks + waitedSystemTicks }];
}

/** Empty for a process that ended meanwhile. */
function readProc(path) {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return '';
  }
}
