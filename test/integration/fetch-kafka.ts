import { findJava } from '../../src/adapters/runtime/java.ts';
import { prepareKafka } from '../../src/adapters/runtime/toolchain.ts';
import type { RuntimeProgress } from '../../src/ports/runtime.ts';

/** Every version that a test here runs a broker of. */
const VERSIONS = ['4.3.1', '3.9.2'];

const PRINTED: RuntimeProgress = {
  start: (label) => {
    const say = (text: string): void => void process.stdout.write(`tests: ${label}: ${text}\n`);
    return { note: say, done: (text = 'done') => say(text), fail: say };
  },
};

/** What is fetched on a new machine takes minutes: before the first test, whose time limits are not made for that. */
export async function setup(): Promise<void> {
  // Why one cannot be had is said by then; only the tests that need it fail.
  const java = await findJava(process.env).catch(() => undefined);
  if (java === undefined) return;
  for (const version of VERSIONS) await prepareKafka(version, { java, env: process.env, progress: PRINTED }).catch(() => {});
}
