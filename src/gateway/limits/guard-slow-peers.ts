const LOOK_MS = 1000;

/** Looks at all connections once a second, and ends those whose client or broker is waited for in vain, until the answer is called. */
export function guardSlowPeers(connections: Iterable<{ endIfSlow(elapsedMs: number): void }>, everyMs = LOOK_MS): () => void {
  const timer = setInterval(() => {
    for (const connection of connections) connection.endIfSlow(everyMs);
  }, everyMs).unref();
  return () => clearInterval(timer);
}
