import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { execa } from 'execa';
import { GwctlError } from '../../shared/errors.ts';
import type { Env } from './cache-dir.ts';

export const MAVEN_HINT = 'install Maven, for example `apt-get install maven` or `brew install maven`, or set KAFKA_HOME to an unpacked Kafka';

export interface CopyOptions {
  readonly pom: string;
  /** A scratch folder for the pom. */
  readonly workDir: string;
  readonly outputDir: string;
  readonly env: Env;
  readonly signal?: AbortSignal;
  /** Only this artifact, without what it depends on. */
  readonly onlyArtifactId?: string;
}

/** Downloads what a pom depends on into a folder. ENVIRONMENT when Maven is missing or cannot. */
export async function copyDependencies({ pom, workDir, outputDir, env, signal, onlyArtifactId }: CopyOptions): Promise<void> {
  const pomFile = join(workDir, 'pom.xml');
  await writeFile(pomFile, pom);
  const args = ['--batch-mode', '--quiet', '-Dstyle.color=never', '-f', pomFile, 'dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${outputDir}`];
  if (onlyArtifactId !== undefined) args.push(`-DincludeArtifactIds=${onlyArtifactId}`);
  const result = await execa('mvn', args, { reject: false, env: { ...env }, extendEnv: false, all: true, stdin: 'ignore', ...(signal === undefined ? {} : { cancelSignal: signal }) });
  if (!result.failed) return;
  if (result.isCanceled) throw signal?.reason ?? new GwctlError('INTERRUPTED', 'download interrupted');
  if (result.code === 'ENOENT') throw new GwctlError('ENVIRONMENT', 'Maven is missing: no `mvn` in PATH, and KAFKA_HOME is not set', { hint: MAVEN_HINT });
  throw new GwctlError('ENVIRONMENT', `Maven could not download (exit code ${result.exitCode ?? 'none'}):\n${tail(result.all ?? '')}`, {
    hint: 'without a network, copy the cache folder (`gwctl doctor` names it) from a machine that has one, or set KAFKA_HOME; a proxy or mirror is set in ~/.m2/settings.xml',
  });
}

const TAIL_LINES = 12;

/** Maven's last words without its advice on how to run Maven, which would hide the cause. */
function tail(output: string): string {
  const lines = output.split('\n').map((line) => stripVTControlCharacters(line).replace(/ -> \[Help \d+\]$/, '').trimEnd());
  return lines.filter((line) => !/^(\[ERROR\])?\s*$/.test(line) && !ADVICE.test(line)).slice(-TAIL_LINES).join('\n');
}

const ADVICE = /re-run Maven|full stack trace|possible solutions|^\[ERROR\] \[Help/i;
