import type { Log } from '../log.ts';
import type { ServiceAccount } from './tokens.ts';

/** A connection as far as its session goes. */
export interface GuardedConnection {
  /** Undefined until the client has logged in. */
  readonly account: ServiceAccount | undefined;
  destroy(): void;
}

const SWEEP_MS = 1000;

/**
 * Ends connections whose session is over: its token has expired without a new login (KIP-368), or was revoked. Looks at all of them once
 * a second, which costs less than a timer for each.
 */
export function guardSessions(connections: Iterable<GuardedConnection>, isRevoked: (account: ServiceAccount) => boolean, log: Log): () => void {
  const timer = setInterval(() => endStaleSessions(connections, isRevoked, log), SWEEP_MS).unref();
  return () => clearInterval(timer);
}

/** One look at all connections. */
export function endStaleSessions(connections: Iterable<GuardedConnection>, isRevoked: (account: ServiceAccount) => boolean, log: Log, nowMs = Date.now()): void {
  for (const connection of connections) {
    const { account } = connection;
    if (account?.token === undefined) continue;
    const why = account.token.expiresAtMs <= nowMs ? 'its token has expired' : isRevoked(account) ? 'its token was revoked' : undefined;
    if (why === undefined) continue;
    log.info(`session ended: ${why}`, { virtualCluster: account.virtualCluster, username: account.username });
    connection.destroy();
  }
}
