import { createServer } from 'node:net';
import { GwctlError } from '../../shared/errors.ts';
import type { Component } from './component.ts';

/** Refuses (ENVIRONMENT) when something else listens where a component is going to, and names every such port and component. */
export async function assertPortsFree(components: readonly Component[]): Promise<void> {
  const taken = await findTakenPorts(components);
  if (taken.length === 0) return;
  const list = taken.map(({ port, component }) => `port ${port} is in use (wanted by ${component})`).join('\n');
  throw new GwctlError('ENVIRONMENT', list, {
    hint: `end what listens there (\`ss -ltnp 'sport = :${taken[0]?.port}'\` names it), or move this environment with --port-offset 100`,
    details: { ports: taken },
  });
}

export interface TakenPort {
  readonly host: string;
  readonly port: number;
  readonly component: string;
}

/** Ports of these components that cannot be bound now. */
export async function findTakenPorts(components: readonly Component[]): Promise<readonly TakenPort[]> {
  const wanted = components.flatMap((component) => component.binds.map(({ host, port }) => ({ host, port, component: component.name })));
  const isFree = await Promise.all(wanted.map(({ host, port }) => canBind(host, port)));
  return wanted.filter((_, index) => isFree[index] === false);
}

function canBind(host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (reason: NodeJS.ErrnoException) => (reason.code === 'EADDRINUSE' || reason.code === 'EACCES' ? resolve(false) : reject(reason)));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
