import { join } from 'node:path';
import { GwctlError } from '../../../shared/errors.ts';
import { type Container, listContainers, readContainerLog } from './containers.ts';
import { docker, type DockerOptions } from './docker-command.ts';

/** Where the environment's compose file and what belongs to it lie. */
export function composeDir(environmentDir: string): string {
  return join(environmentDir, 'compose');
}

/** `docker compose ARGS` on the environment's own file. */
export async function compose(project: string, environmentDir: string, args: readonly string[], options: DockerOptions): Promise<string> {
  return docker(['compose', '--ansi', 'never', '--progress', 'quiet', '--project-directory', composeDir(environmentDir), '-f', join(composeDir(environmentDir), 'compose.yaml'), '-p', project, ...args], options);
}

const WAIT_SECONDS = 300;
const LOG_LINES = 15;

export interface ComposeUp {
  readonly project: string;
  readonly environmentDir: string;
  /** Empty: all of the file. */
  readonly services: readonly string[];
}

/** Starts these services, no others, and returns when they are healthy. What does not get healthy is in the error, with the end of its log. */
export async function composeUp({ project, environmentDir, services }: ComposeUp, options: DockerOptions): Promise<void> {
  const flags = services.length === 0 ? [] : ['--no-deps', '--no-build', ...services];
  try {
    await compose(project, environmentDir, ['up', '-d', '--wait', '--wait-timeout', `${WAIT_SECONDS}`, ...flags], { ...options, timeoutMs: (WAIT_SECONDS + 60) * 1000 });
  } catch (reason) {
    const error = GwctlError.from(reason);
    if (options.signal?.aborted === true || error.code === 'ENVIRONMENT') throw reason;
    const all = await listContainers(project, { env: options.env }).catch(() => []);
    const failed = all.filter((container) => (services.length === 0 || services.includes(container.service)) && isFailed(container));
    if (failed.length === 0) throw reason;
    throw await describeFailure(failed, options);
  }
}

function isFailed({ isRunning, hasExited, health }: Container): boolean {
  return hasExited || (isRunning && (health === 'unhealthy' || health === 'starting'));
}

async function describeFailure(failed: readonly Container[], { env }: DockerOptions): Promise<GwctlError> {
  const logs = await Promise.all(failed.map((container) => readContainerLog(container, LOG_LINES, { env })));
  const how = ({ hasExited, exitCode, health }: Container) => (hasExited ? `ended with exit code ${exitCode}` : `is ${health}, not healthy`);
  const message = failed.map((container, index) => [`${container.service} ${how(container)} (docker logs ${container.name})`, ...(logs[index] ?? []).map((line) => `    ${line}`)].join('\n')).join('\n');
  return new GwctlError('UNAVAILABLE', message, {
    hint: 'what was started goes on running: `gwctl up` goes on from here, `gwctl down` ends it',
    details: { containers: failed.map(({ name, exitCode, health }) => ({ name, exitCode, health })) },
  });
}
