// A whole environment for a benchmark, beside any other: its own ports and a folder that goes when it is over.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const GWCTL = join(dirname(dirname(fileURLToPath(import.meta.url))), 'bin', 'gwctl.js');
const SIGNALS = { SIGINT: 130, SIGTERM: 143 };

/** Below the ports that the system gives to outgoing connections (32768 and up on Linux): one of those may be taken when a broker wants it. */
const CLUSTERS = 'clusters:\n  main: {port: 10092}\n  failover: {port: 11092}\n';

/** `config`: the rest of the gwctl.yaml; `parent`: the folder that the environment's own is made in; `env`: for gwctl and what it starts. */
export async function withEnvironment({ portOffset, clusters = CLUSTERS, config = '', parent = tmpdir(), env = {} }, use) {
  const dir = mkdtempSync(join(parent, 'gwctl-bench-'));
  writeFileSync(join(dir, 'gwctl.yaml'), `version: 1\nname: bench\n${clusters}${config}`);
  const gwctlCommand = (...args) => [process.execPath, GWCTL, '--port-offset', `${portOffset}`, ...args];
  const gwctl = (...args) => {
    const [file, ...rest] = gwctlCommand(...args);
    return execa(file, rest, { cwd: dir, stdin: 'ignore', env: { GWCTL_RUNTIME: 'local', ...env } });
  };
  const cleanUp = async () => {
    await gwctl('down', '-v');
    rmSync(dir, { recursive: true, force: true });
  };
  // The brokers are no children of this process: without this they would outlive a Ctrl-C.
  const onSignal = (signal) => void cleanUp().finally(() => process.exit(SIGNALS[signal]));
  for (const signal of Object.keys(SIGNALS)) process.once(signal, onSignal);
  try {
    return await use({ dir, portOffset, gwctl, gwctlCommand, tools: join(dir, '.gwctl', `bench+${portOffset}`, 'bin'), pidOf: (component) => readPid(dir, portOffset, component) });
  } finally {
    for (const signal of Object.keys(SIGNALS)) process.off(signal, onSignal);
    await cleanUp();
  }
}

function readPid(dir, portOffset, component) {
  return JSON.parse(readFileSync(join(dir, '.gwctl', `bench+${portOffset}`, component, 'pid.json'), 'utf8')).pid;
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
