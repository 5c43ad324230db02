import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
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
/** Several rounds of the healthchecks. */
const RECOVERY_MS = 60_000;
const RECOVERY_POLL_MS = 1000;

export interface ComposeUp {
  readonly project: string;
  readonly environmentDir: string;
  /** Empty: all of the file. */
  readonly services: readonly string[];
  /** Containers that are there stay as they are, whatever the file says now. */
  readonly isKept?: boolean;
}

/**
 * Starts these services, no others, and returns when they are healthy. What does not get healthy is in the error, with the end of its log.
 * One that ran before may be unhealthy for a moment, after a pause or a load, which compose takes for a failure: it gets time to recover.
 */
export async function composeUp({ project, environmentDir, services, isKept = false }: ComposeUp, options: DockerOptions): Promise<void> {
  const flags = [...(isKept ? ['--no-recreate'] : []), ...(services.length === 0 ? [] : ['--no-deps', '--no-build', ...services])];
  const list = async () => (await listContainers(project, { env: options.env })).filter(({ service }) => services.length === 0 || services.includes(service));
  const ranBefore = new Set((await list()).filter(({ isRunning }) => isRunning).map(({ id }) => id));
  const endMs = performance.now() + RECOVERY_MS;
  for (;;) {
    try {
      return void (await compose(project, environmentDir, ['up', '-d', '--wait', '--wait-timeout', `${WAIT_SECONDS}`, ...flags], { ...options, timeoutMs: (WAIT_SECONDS + 60) * 1000 }));
    } catch (reason) {
      if (options.signal?.aborted === true || GwctlError.from(reason).code === 'ENVIRONMENT') throw reason;
      const failed = (await list().catch(() => [])).filter(isFailed);
      const mayRecover = failed.every(({ id, health }) => ranBefore.has(id) && health === 'unhealthy');
      if (!mayRecover || performance.now() > endMs) throw failed.length === 0 ? reason : await describeFailure(failed, options);
      await delay(RECOVERY_POLL_MS, undefined, options.signal === undefined ? {} : { signal: options.signal });
    }
  }
}

/** Those of these containers that the file describes otherwise now, so that compose would make them anew. */
export async function findOutdated(containers: readonly Container[], { project, environmentDir }: Pick<ComposeUp, 'project' | 'environmentDir'>, options: DockerOptions): Promise<readonly Container[]> {
  if (containers.length === 0) return [];
  const lines = (await compose(project, environmentDir, ['config', '--hash', containers.map(({ service }) => service).join(',')], options)).trim().split('\n');
  const hashes = new Map(lines.map((line) => line.trim().split(/\s+/) as [string, string]));
  return containers.filter(({ service, descriptionHash }) => hashes.get(service) !== descriptionHash);
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
