import { GwctlError } from '../../../shared/errors.ts';
import { docker, type DockerOptions } from './docker-command.ts';

/** The first version that takes the content of a configuration from the compose file itself. */
const OLDEST_COMPOSE = [2, 23, 1] as const;
const ANSWER_MS = 10_000;

export interface Engine {
  readonly engine: string;
  readonly compose: string;
}

/** The versions of the engine and of compose. Throws ENVIRONMENT when one is missing or too old. */
export async function findEngine(options: DockerOptions): Promise<Engine> {
  const engine = await docker(['version', '--format', '{{.Server.Version}}'], { ...options, timeoutMs: ANSWER_MS });
  const compose = await docker(['compose', 'version', '--short'], { ...options, timeoutMs: ANSWER_MS });
  if (isOlder(compose, OLDEST_COMPOSE)) {
    throw new GwctlError('ENVIRONMENT', `docker compose is ${compose} (allowed: ${OLDEST_COMPOSE.join('.')} or newer)`, { hint: 'update the compose plug-in, or use `--runtime local`' });
  }
  return { engine, compose };
}

/** Compares `2.26.1-4` or `v2.40.3` with a version; what is no version counts as older. */
export function isOlder(version: string, than: readonly number[]): boolean {
  const numbers = /(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number) ?? [0, 0, 0];
  const different = than.findIndex((wanted, index) => numbers[index] !== wanted);
  return different >= 0 && (numbers[different] ?? 0) < (than[different] ?? 0);
}

/** Which of these images the engine does not have. */
export async function missingImages(images: readonly string[], options: DockerOptions): Promise<readonly string[]> {
  const has = await Promise.all(images.map((image) => docker(['image', 'inspect', '--format', '{{.Id}}', image], { ...options, timeoutMs: ANSWER_MS }).then(() => true, () => false)));
  return images.filter((_, index) => has[index] === false);
}
