import type { Socket } from 'node:net';
import { GwctlError } from '../../shared/errors.ts';
import type { Log } from '../log.ts';
import type { NodeContext } from '../node-context.ts';

/** Counts and logs why the connection of that client ends. */
export function complain(reason: unknown, { remoteAddress = '?', remotePort = 0 }: Pick<Socket, 'remoteAddress' | 'remotePort'>, virtualCluster: string | undefined, metrics: NodeContext['metrics'], log: Log): void {
  metrics.refused(GwctlError.from(reason).code.toLowerCase());
  log.warn(reason instanceof Error ? reason.message : String(reason), { client: `${remoteAddress}:${remotePort}`, virtualCluster });
}
