import { mkdir, mkdtemp, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { awaitCondition } from './kill-lab.ts';

/** A second container engine, whose images and volumes lie on a small disk of its own. It has no network, and so no container of it does much. */
export interface SmallEngine {
  /** For whoever shall use it instead of the machine's engine. */
  readonly env: { readonly DOCKER_HOST: string };
  /** Leaves nothing free on its disk. */
  fill(): Promise<void>;
  /** What `fill` took is free again. */
  empty(): Promise<void>;
  stop(): Promise<void>;
}

const READY_MS = 60_000;
/** It runs nothing, and it must not touch what the first engine has set up for its containers. */
const ALONE = ['--bridge', 'none', '--iptables=false', '--ip6tables=false', '--ip-forward=false'];

/** undefined: this machine cannot have one, because only root may mount a disk and start an engine, or because none of its own runs here. */
export async function startSmallEngine(megabytes: number, images: readonly string[]): Promise<SmallEngine | undefined> {
  const program = await findEngineProgram();
  if (program === undefined) return undefined;
  const root = await mkdtemp(join(tmpdir(), 'gwctl-engine-'));
  const disk = join(root, 'disk');
  await mkdir(disk);
  const mounted = await execa('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', disk], { reject: false });
  if (mounted.exitCode !== 0) {
    await rm(root, { recursive: true });
    return undefined;
  }
  const env = { DOCKER_HOST: `unix://${join(root, 'docker.sock')}` };
  const files = ['--data-root', join(disk, 'data'), '--exec-root', join(root, 'run'), '--pidfile', join(root, 'pid'), '--host', env.DOCKER_HOST];
  // Its helpers are those that lie beside it.
  const engine = execa(program, [...ALONE, ...files], { reject: false, stdin: 'ignore', all: true, forceKillAfterDelay: 30_000, env: { PATH: `${dirname(program)}:${process.env['PATH'] ?? ''}` } });
  const filler = join(disk, 'filler');
  const stop = async (): Promise<void> => {
    engine.kill('SIGTERM');
    await engine;
    await execa('umount', [disk]);
    await rm(root, { recursive: true, force: true });
  };
  try {
    await awaitCondition(READY_MS, 'the small engine answers', async () => (await execa('docker', ['version'], { env, reject: false })).exitCode === 0);
    // Nothing runs of them before the disk is full, so nothing is in them.
    for (const image of images) await execa('docker', ['import', '-', image], { env, input: Buffer.alloc(1024) });
  } catch (reason) {
    await stop();
    throw reason;
  }
  return {
    env,
    fill: async () => {
      await writeFile(filler, '');
      await execa('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4k'], { reject: false });
    },
    empty: async () => await rm(filler),
    stop,
  };
}

/** The program of the engine that runs on this machine: it need not be on the PATH. */
async function findEngineProgram(): Promise<string | undefined> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const program = await readlink(join('/proc', pid, 'exe')).catch(() => '');
    if (basename(program) === 'dockerd') return program;
  }
  return undefined;
}
