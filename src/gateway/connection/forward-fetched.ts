import type { FetchRequest } from '../../wire/generated/fetch.ts';
import type { ApiDefinition } from '../../wire/schema.ts';
import { answerInFull } from '../answers/answer-in-full.ts';
import { fetchNothing } from '../answers/local-answers.ts';
import type { ByteSink } from '../bytes/byte-sink.ts';
import type { ByteSource } from '../bytes/byte-source.ts';
import { after, type Soon } from '../bytes/soon.ts';
import type { TenantNames } from '../tenants/tenant-names.ts';
import type { Exchange, ExchangeQueue } from './exchange-queue.ts';
import { spliceFetch } from './splice-fetch.ts';

interface Fetched {
  readonly api: ApiDefinition;
  readonly source: ByteSource;
  /** Of the answer. */
  readonly size: number;
  readonly names: TenantNames;
  readonly queue: ExchangeQueue;
  readonly sink: ByteSink;
}

/** Sends a Fetch answer to its client piece by piece, once everything before it was answered. */
export function forwardFetched(exchange: Exchange, { source, size, names, queue, sink }: Fetched): Soon<void> {
  const spliced = after(queue.turnOf(exchange), () => spliceFetch(exchange, source, size, names, (piece, lease) => sink.write(piece, lease)));
  return after(spliced, () => {
    queue.answer(exchange, NOTHING_MORE);
    // Not left to the next wait: a broker that closes behind its answer ends the reading, and nobody would wait.
    if (source.buffered === 0) sink.flush();
  });
}

/** Instead, while groups are drained: the broker was asked before, and whoever consumes now may not be able to commit it any more. */
export function withholdFetched(exchange: Exchange, { api, source, size, queue, sink }: Fetched): Soon<void> {
  return after(source.pass(size, () => {}), () => {
    queue.answer(exchange, answerInFull(api, exchange, fetchNothing(exchange.request as unknown as FetchRequest), exchange.charge));
    sink.flush();
  });
}

const NOTHING_MORE = Buffer.alloc(0);
