import { join } from 'node:path';
import { execa } from 'execa';
import { GwctlError } from '../../shared/errors.ts';
import type { Env } from './cache-dir.ts';

export interface Java {
  /** The program to start. */
  readonly command: string;
  readonly major: number;
  /** All of what `java -version` says: class archives of one build do not fit another. */
  readonly build: string;
}

export const MINIMUM_JAVA = 17;

export const JAVA_HINT = 'install Java 17 or newer, for example `apt-get install openjdk-17-jre-headless` or `brew install openjdk@17`, or set JAVA_HOME';

/** The Java of JAVA_HOME, else of PATH; ENVIRONMENT when there is none or it is too old. */
export async function findJava(env: Env): Promise<Java> {
  const home = env['JAVA_HOME'];
  const command = home !== undefined && home !== '' ? join(home, 'bin', 'java') : 'java';
  const { failed, stderr } = await execa(command, ['-version'], { reject: false, env: { ...env }, extendEnv: false });
  if (failed) throw new GwctlError('ENVIRONMENT', `no usable Java: \`${command} -version\` does not run (needed: ${MINIMUM_JAVA} or newer)`, { hint: JAVA_HINT });
  const major = parseJavaMajor(stderr);
  if (major === undefined || major < MINIMUM_JAVA) {
    throw new GwctlError('ENVIRONMENT', `${command} is Java ${major ?? 'of an unknown version'} (needed: ${MINIMUM_JAVA} or newer)`, { hint: JAVA_HINT });
  }
  return { command, major, build: stderr.trim() };
}

/** 8 of "1.8.0_392", 17 of "17.0.15", 24 of "24-ea"; undefined for anything else. */
export function parseJavaMajor(text: string): number | undefined {
  const match = /version "(?:1\.)?(\d+)/.exec(text);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}
