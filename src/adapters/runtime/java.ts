import { readdir } from 'node:fs/promises';
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

/** Where Debian, Fedora and others put theirs; `GWCTL_JVM_DIR` says another place. */
const JVM_DIR = '/usr/lib/jvm';

/** The Java of JAVA_HOME, else of PATH; when that is too old, one of /usr/lib/jvm. ENVIRONMENT when there is none. */
export async function findJava(env: Env, minimum = MINIMUM_JAVA): Promise<Java> {
  const home = env['JAVA_HOME'];
  const preferred = home !== undefined && home !== '' ? join(home, 'bin', 'java') : 'java';
  const first = await probe(preferred, env);
  if (first !== undefined && first.major >= minimum) return first;
  const jvmDir = env['GWCTL_JVM_DIR'] || JVM_DIR;
  for (const name of (await readdir(jvmDir).catch(() => [])).toSorted()) {
    const other = await probe(join(jvmDir, name, 'bin', 'java'), env);
    if (other !== undefined && other.major >= minimum) return other;
  }
  const seen = first === undefined ? `\`${preferred} -version\` does not run` : `${preferred} is Java ${first.major}`;
  throw new GwctlError('ENVIRONMENT', `no usable Java: ${seen} (needed: ${minimum} or newer)`, { hint: javaHint(minimum) });
}

export function javaHint(minimum = MINIMUM_JAVA): string {
  return `install Java ${minimum} or newer, for example \`apt-get install openjdk-${minimum}-jre-headless\` or \`brew install openjdk@${minimum}\`, or set JAVA_HOME`;
}

/** 8 of "1.8.0_392", 17 of "17.0.15", 24 of "24-ea"; undefined for anything else. */
export function parseJavaMajor(text: string): number | undefined {
  const match = /version "(?:1\.)?(\d+)/.exec(text);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

async function probe(command: string, env: Env): Promise<Java | undefined> {
  const { failed, stderr } = await execa(command, ['-version'], { reject: false, env: { ...env }, extendEnv: false });
  const major = failed ? undefined : parseJavaMajor(stderr);
  return major === undefined ? undefined : { command, major, build: stderr.trim() };
}
