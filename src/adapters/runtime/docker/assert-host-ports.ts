import { GwctlError } from '../../../shared/errors.ts';
import { findTakenPorts } from '../check-ports.ts';
import type { Component } from '../component.ts';
import { docker, type DockerOptions } from './docker-command.ts';

/** Refuses (ENVIRONMENT) when something has a port that a container is going to publish, and names the container that has it, if it is one. */
export async function assertHostPortsFree(components: readonly Component[], options: DockerOptions): Promise<void> {
  const taken = await findTakenPorts(components);
  if (taken.length === 0) return;
  const owners = await Promise.all(taken.map(({ port }) => publisherOf(port, options)));
  const [owner] = owners;
  const end = owner === undefined ? `what listens there (\`ss -ltnp 'sport = :${taken[0]?.port}'\` names it)` : `that container (\`docker stop ${owner}\`)`;
  const list = taken.map(({ port, component }, index) => `port ${port} is in use${owners[index] === undefined ? '' : ` by container ${owners[index]}`} (wanted by ${component})`).join('\n');
  throw new GwctlError('ENVIRONMENT', list, { hint: `end ${end}, or move this environment with --port-offset 100`, details: { ports: taken.map((each, index) => ({ ...each, container: owners[index] ?? null })) } });
}

async function publisherOf(port: number, options: DockerOptions): Promise<string | undefined> {
  const names = await docker(['ps', '--filter', `publish=${port}`, '--format', '{{.Names}}'], options).catch(() => '');
  return names.split('\n')[0] || undefined;
}
