import type { BackendRoutes } from '../backend/backend-routes.ts';
import type { Exchange, ExchangeQueue } from './exchange-queue.ts';

/**
 * For a client that is gone: a write that was handed over may still happen. The broker is listened to until it has said so, lest a drain forget
 * about it, at most `lingerMs`.
 *
 * @returns how many writes are still not answered
 */
export async function awaitOwedWrites(queue: ExchangeQueue, routes: BackendRoutes, lingerMs: number): Promise<number> {
  const owedWrites = (): Exchange[] => queue.owed().filter((exchange) => exchange.isWrite);
  const until = performance.now() + lingerMs;
  for (;;) {
    const [first] = owedWrites();
    const link = first === undefined ? undefined : routes.get(first.via);
    if (link === undefined || link.isClosed || performance.now() >= until) return owedWrites().length;
    await link.frameOrClose(until - performance.now());
  }
}
