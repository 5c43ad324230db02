import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { GwctlError } from '../../shared/errors.ts';
import type { RuntimeProgress } from '../../ports/runtime.ts';
import { cacheDir, type Env } from './cache-dir.ts';
import { withFileLock } from './file-lock.ts';
import { renderKafkaPom, renderLogBindingPom } from './kafka-pom.ts';
import { copyDependencies } from './maven.ts';

/** The jars of one Kafka version, ready for `java -cp`. */
export interface KafkaDistribution {
  readonly version: string;
  /** All jars, sorted: class archives depend on the order. */
  readonly jars: readonly string[];
  /** A folder of ours for what is made once for these jars. */
  readonly madeDir: string;
}

export interface ProvisionOptions {
  readonly env: Env;
  readonly progress: RuntimeProgress;
  readonly signal?: AbortSignal;
}

/** Finds or downloads one Kafka version. `KAFKA_HOME` wins for the version that it holds. Safe when several gwctl start at once. */
export async function provisionKafka(version: string, { env, progress, signal }: ProvisionOptions): Promise<KafkaDistribution> {
  if (!/^\d+\.\d+\.\d+[\w.-]*$/.test(version)) throw new GwctlError('CONFIG', `"${version}" is not a Kafka version (example: 4.3.1)`);
  const home = env['KAFKA_HOME'];
  const cache = cacheDir(env);
  if (home !== undefined && home !== '') {
    const jars = await listJars(join(home, 'libs'));
    if (kafkaVersionOf(jars) === version) return { version, jars, madeDir: join(cache, `home-kafka-${version}`) };
  }
  const dir = join(cache, `kafka-${version}`);
  const present = await listJars(join(dir, 'libs'));
  if (present.length > 0) return { version, jars: present, madeDir: dir };

  const item = progress.start(`kafka ${version}`);
  try {
    await withFileLock(`${dir}.lock`, { purpose: `gwctl: download of Kafka ${version}`, waitMs: 600_000, onWait: () => item.note('another gwctl downloads it'), ...(signal === undefined ? {} : { signal }) }, async () => {
      if ((await listJars(join(dir, 'libs'))).length > 0) return;
      item.note('downloading jars with Maven (once)');
      await download(version, dir, env, signal);
    });
  } catch (reason) {
    item.fail(GwctlError.from(reason).message.split('\n')[0] ?? '');
    throw reason;
  }
  const jars = await listJars(join(dir, 'libs'));
  item.done(`${jars.length} jars`);
  return { version, jars, madeDir: dir };
}

/** Fills a folder beside the final one and renames it: a half download never looks like a whole one. */
async function download(version: string, dir: string, env: Env, signal?: AbortSignal): Promise<void> {
  await mkdir(dir, { recursive: true });
  const workDir = await mkdtemp(`${dir}.part-`);
  try {
    const outputDir = join(workDir, 'libs');
    const common = { workDir, outputDir, env, ...(signal === undefined ? {} : { signal }) };
    await copyDependencies({ ...common, pom: renderKafkaPom(version) });
    const log4j = versionOf(await listJars(outputDir), 'log4j-core');
    if (log4j !== undefined) await copyDependencies({ ...common, pom: renderLogBindingPom(log4j), onlyArtifactId: 'log4j-slf4j-impl' });
    await rename(outputDir, join(dir, 'libs'));
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

/** The version of the kafka-clients jar among these. */
export function kafkaVersionOf(jars: readonly string[]): string | undefined {
  return versionOf(jars, 'kafka-clients');
}

function versionOf(jars: readonly string[], artifact: string): string | undefined {
  const start = `/${artifact}-`;
  const jar = jars.find((path) => path.includes(start) && /^\d/.test(path.slice(path.lastIndexOf(start) + start.length)));
  return jar?.slice(jar.lastIndexOf(start) + start.length, -'.jar'.length);
}

/** The jars of a folder, sorted; none when the folder does not exist. */
export async function listJars(dir: string): Promise<readonly string[]> {
  try {
    return (await readdir(dir)).filter((name) => name.endsWith('.jar')).sort().map((name) => join(dir, name));
  } catch {
    return [];
  }
}
