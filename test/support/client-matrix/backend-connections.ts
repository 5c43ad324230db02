import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** Watches which of some processes, and of their children, have a TCP connection to one of some ports. Linux only. */
export interface ConnectionWatch {
  watch(pid: number): void;
  /** The ports that a process was seen connected to since it is watched. */
  seen(pid: number): ReadonlySet<number>;
  /** How many looks were taken. */
  readonly samples: number;
  stop(): Promise<void>;
}

const INTERVAL_MS = 150;

export function watchConnections(ports: ReadonlySet<number>): ConnectionWatch {
  const found = new Map<number, Set<number>>();
  const over = new AbortController();
  let samples = 0;
  const running = (async () => {
    while (!over.signal.aborted) {
      const inodes = await connectionsTo(ports);
      if (inodes.size > 0) await Promise.all([...found].map(async ([pid, seen]) => (await portsOf(pid, inodes)).forEach((port) => seen.add(port))));
      samples++;
      await delay(INTERVAL_MS, undefined, { signal: over.signal }).catch(() => {});
    }
  })();
  return {
    watch: (pid) => void found.set(pid, new Set()),
    seen: (pid) => found.get(pid) ?? new Set(),
    get samples() {
      return samples;
    },
    stop: async () => {
      over.abort();
      await running;
    },
  };
}

/** Socket inode -> remote port, of every connection of this machine to one of the ports. */
async function connectionsTo(ports: ReadonlySet<number>): Promise<ReadonlyMap<string, number>> {
  const inodes = new Map<string, number>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of (await readFile(table, 'utf8').catch(() => '')).split('\n').slice(1)) {
      const [, , remote, , , , , , , inode] = line.trim().split(/\s+/);
      const port = Number.parseInt(remote?.split(':')[1] ?? '', 16);
      if (inode !== undefined && inode !== '0' && ports.has(port)) inodes.set(inode, port);
    }
  }
  return inodes;
}

async function portsOf(pid: number, inodes: ReadonlyMap<string, number>): Promise<number[]> {
  const ports: number[] = [];
  for (const fd of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
    const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '');
    const port = inodes.get(/^socket:\[(\d+)\]$/.exec(target)?.[1] ?? '');
    if (port !== undefined) ports.push(port);
  }
  for (const child of await childrenOf(pid)) ports.push(...(await portsOf(child, inodes)));
  return ports;
}

async function childrenOf(pid: number): Promise<number[]> {
  const tasks = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(tasks.map((task) => readFile(`/proc/${pid}/task/${task}/children`, 'utf8').catch(() => '')));
  return lists.flatMap((list) => list.split(' ').filter((entry) => entry !== '').map(Number));
}
