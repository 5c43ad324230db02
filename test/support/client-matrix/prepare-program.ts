import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { cacheDir } from '../../../src/adapters/runtime/cache-dir.ts';
import { withFileLock } from '../../../src/adapters/runtime/file-lock.ts';
import { findJava } from '../../../src/adapters/runtime/java.ts';
import { provisionKafka } from '../../../src/adapters/runtime/provision-kafka.ts';
import { SILENT } from '../silent-progress.ts';
import type { ProgramName } from './client-table.ts';

/** A program that can be started, or the reason why this machine has not got it. */
export type PreparedProgram = { readonly kind: 'ready'; readonly command: readonly string[] } | { readonly kind: 'missing'; readonly reason: string };

const SOURCES = new URL('../../e2e/clients/', import.meta.url).pathname;
/** For all of one program, tries included: what is slower is skipped. */
const FETCH_LIMIT_MS = 180_000;
const KAFKA_OF: Readonly<Record<'java-4.3.1' | 'java-3.9.2', string>> = { 'java-4.3.1': '4.3.1', 'java-3.9.2': '3.9.2' };
/** What the java client needs of Kafka's jars; without a logging binding it is silent. */
const CLIENT_JARS = /^(kafka-clients|slf4j-api|lz4-java|snappy-java|zstd-jni)-\d/;

/** Fetches and builds a program, once for each version and content of it: the result is kept in the cache folder. Never rejects. */
export async function prepareProgram(name: ProgramName): Promise<PreparedProgram> {
  const limit = AbortSignal.timeout(FETCH_LIMIT_MS);
  for (let attempt = 1; ; attempt++) {
    try {
      return { kind: 'ready', command: await PREPARATIONS[name](limit) };
    } catch (reason) {
      const message = limit.aborted ? `not ready within ${FETCH_LIMIT_MS / 1000} s` : firstLines(reason);
      if (attempt === 2 || limit.aborted || isMissingTool(reason)) return { kind: 'missing', reason: `${name}: ${message}` };
    }
  }
}

type Preparation = (limit: AbortSignal) => Promise<readonly string[]>;

const PREPARATIONS: Readonly<Record<ProgramName, Preparation>> = {
  'java-4.3.1': (limit) => prepareJava(KAFKA_OF['java-4.3.1'], limit),
  'java-3.9.2': (limit) => prepareJava(KAFKA_OF['java-3.9.2'], limit),
  confluent: (limit) => preparePython('confluent', ['confluent-kafka==2.16.1'], limit),
  aiokafka: (limit) => preparePython('aiokafka', ['aiokafka==0.14.0'], limit),
  kafkajs: async () => [process.execPath, join(SOURCES, 'kafkajs', 'client.mjs')],
  platformatic: async (limit) => {
    const dir = await inCache(['platformatic', 'node'], 'platformatic-1.35.0', async (work) => {
      // Two of its dependencies declare Node 22 and work with 20; this project's own .npmrc would refuse them.
      await run(limit, 'npm', ['install', '--engine-strict=false', '--no-audit', '--no-fund', '--no-save', '--prefix', work, '@platformatic/kafka@1.35.0']);
    });
    return [process.execPath, join(dir, 'client.mjs')];
  },
  'franz-go': (limit) => prepareGo('franz-go', limit),
  sarama: (limit) => prepareGo('sarama', limit),
  kcat: async (limit) => {
    if (!(await hasTool('kcat', '-V'))) {
      if (process.getuid?.() !== 0) throw new MissingTool('kcat is not installed, and only root can install it');
      if (!(await hasTool('apt-get'))) throw new MissingTool('kcat is not installed, and there is no apt-get');
      const install = ['install', '-y', '-q', '--no-install-recommends', 'kcat'];
      await run(limit, 'apt-get', install).catch(async () => {
        await run(limit, 'apt-get', ['update', '-q']);
        await run(limit, 'apt-get', install);
      });
    }
    return [process.execPath, join(SOURCES, 'kcat', 'client.mjs')];
  },
};

/** Compiled once, against the newest version, and run with the jars of `version`. */
async function prepareJava(version: string, limit: AbortSignal): Promise<readonly string[]> {
  const java = await findJava(process.env);
  const jarsOf = async (kafka: string): Promise<string> =>
    (await provisionKafka(kafka, { env: process.env, progress: SILENT, signal: limit })).jars.filter((jar) => CLIENT_JARS.test(jar.slice(jar.lastIndexOf('/') + 1))).join(':');
  const classes = await inCache(['java'], 'java', async (work) => {
    const javac = java.command.includes('/') ? join(dirname(java.command), 'javac') : 'javac';
    await run(limit, javac, ['--release', '17', '-cp', await jarsOf(KAFKA_OF['java-4.3.1']), '-d', work, join(work, 'MatrixClient.java')]);
  });
  return [java.command, '-Xmx192m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto', '-cp', `${classes}:${await jarsOf(version)}`, 'MatrixClient'];
}

/** Without a venv: Debian's python3 cannot make one. */
async function preparePython(program: string, packages: readonly string[], limit: AbortSignal): Promise<readonly string[]> {
  if (!(await hasTool('python3'))) throw new MissingTool('python3 is not installed');
  const { stdout: version } = await execa('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], { cancelSignal: limit });
  const dir = await inCache([program], `python${version}-${packages.join('-').replaceAll('==', '-')}`, async (work) => {
    await run(limit, 'python3', ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '--only-binary=:all:', '--target', join(work, 'site'), ...packages]);
  });
  return ['env', `PYTHONPATH=${join(dir, 'site')}`, 'python3', join(dir, 'matrix_client.py')];
}

async function prepareGo(program: string, limit: AbortSignal): Promise<readonly string[]> {
  if (!(await hasTool('go', 'version'))) throw new MissingTool('go is not installed');
  const dir = await inCache([program], program, async (work) => {
    await run(limit, 'go', ['build', '-o', 'client', '.'], work, { GOFLAGS: '-mod=readonly -buildvcs=false' });
  });
  return [join(dir, 'client')];
}

/**
 * A folder of the cache with a copy of these source folders and what `build` made beside it. Its name has the hash of the sources; it
 * appears whole or not at all, and a second process waits for the first.
 */
async function inCache(folders: readonly string[], label: string, build: (work: string) => Promise<void>): Promise<string> {
  const dir = join(cacheDir(process.env), 'clients', `${label}-${await hashOf(folders)}`);
  if (await exists(dir)) return dir;
  await mkdir(dirname(dir), { recursive: true });
  await withFileLock(`${dir}.lock`, { purpose: `test: ${label}`, waitMs: FETCH_LIMIT_MS }, async () => {
    if (await exists(dir)) return;
    const work = await mkdtemp(`${dir}.part-`);
    try {
      for (const folder of folders) await cp(join(SOURCES, folder), work, { recursive: true });
      await build(work);
      await rename(work, dir);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  });
  return dir;
}

async function hashOf(folders: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of folders) {
    for (const file of (await readdir(join(SOURCES, folder))).sort()) hash.update(`${file}\0`).update(await readFile(join(SOURCES, folder, file)));
  }
  return hash.digest('hex').slice(0, 12);
}

class MissingTool extends Error {}

function isMissingTool(reason: unknown): boolean {
  return reason instanceof MissingTool || (reason as { code?: string }).code === 'ENOENT';
}

async function run(limit: AbortSignal, command: string, args: readonly string[], cwd?: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
  await execa(command, args, { cancelSignal: limit, stdin: 'ignore', env, ...(cwd === undefined ? {} : { cwd }) });
}

async function hasTool(tool: string, flag = '--version'): Promise<boolean> {
  const result = await execa(tool, [flag], { reject: false, stdin: 'ignore' });
  return result.code !== 'ENOENT';
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(() => true, () => false);
}

function firstLines(reason: unknown): string {
  const text = reason instanceof Error ? reason.message : String(reason);
  return text.split('\n').filter((line) => line.trim() !== '').slice(0, 3).join('; ');
}
