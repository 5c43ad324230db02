import type { Env } from './cache-dir.ts';

const PASSED_ON = ['PATH', 'HOME', 'USER', 'JAVA_HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'GWCTL_TEST_RUN'];

/** The environment of a JVM of ours: what it needs, and no secret that happens to be in gwctl's own. */
export function jvmEnvironment(env: Env): Readonly<Record<string, string>> {
  return pick(env, PASSED_ON);
}

/** All of the environment: a gateway node resolves `env:` secrets itself. */
export function fullEnvironment(env: Env): Readonly<Record<string, string>> {
  return pick(env, Object.keys(env));
}

function pick(env: Env, names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}
