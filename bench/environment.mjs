// A whole environment for a benchmark, beside any other: its own ports and a folder that goes when it is over.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const GWCTL = join(dirname(dirname(fileURLToPath(import.meta.url))), 'bin', 'gwctl.js');
const CLOCK_TICKS_PER_SECOND = 100;

/** Below the ports that the system gives to outgoing connections (32768 and up on Linux): one of those may be taken when a broker wants it. */
const PORTS = 'clusters:\n  main: {port: 10092}\n  failover: {port: 11092}\n';

/** `config`: text of a gwctl.yaml, without clusters. */
export async function withEnvironment({ portOffset, config = '' }, use) {
  const dir = mkdtempSync(join(tmpdir(), 'gwctl-bench-'));
  writeFileSync(join(dir, 'gwctl.yaml'), `version: 1\nname: bench\n${PORTS}${config}`);
  const gwctl = (...args) => execa(process.execPath, [GWCTL, '--port-offset', `${portOffset}`, ...args], { cwd: dir, stdin: 'ignore' });
  try {
    return await use({ dir, portOffset, gwctl, tools: join(dir, '.gwctl', `bench+${portOffset}`, 'bin'), pidOf: (component) => readPid(dir, portOffset, component) });
  } finally {
    await gwctl('down', '-v');
    rmSync(dir, { recursive: true, force: true });
  }
}

function readPid(dir, portOffset, component) {
  return JSON.parse(readFileSync(join(dir, '.gwctl', `bench+${portOffset}`, component, 'pid.json'), 'utf8')).pid;
}

/** CPU seconds that a process has used so far, all its threads; NaN where /proc is not. */
export function cpuSeconds(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
    return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND;
  } catch {
    return NaN;
  }
}

/** Highest resident memory of a process so far, MiB. */
export function peakMemoryMib(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  } catch {
    return NaN;
  }
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Rows of text as aligned columns. */
export function printTable(head, rows) {
  const all = [head, ...rows.map((row) => row.map(String))];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  for (const row of all) console.log(row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  ').trimEnd());
}
