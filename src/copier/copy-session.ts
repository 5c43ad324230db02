import { groupBy } from '../client/group-by.ts';
import type { KafkaClient } from '../client/kafka-client.ts';
import { EARLIEST } from '../client/list-offsets.ts';
import { endTransaction, initTransactionalId, type TransactionalProducer } from '../client/transactions.ts';
import { GwctlError } from '../shared/errors.ts';
import { ERROR, errorName } from '../wire/error-codes.ts';
import type { CopiedPartition, CopyState } from './copy-state.ts';
import { readSource, type SourceChunk, type SourceStart } from './read-source.ts';
import { openSourceOffsets, type SourceOffset } from './source-offsets.ts';
import { openTargetWriter } from './target-writer.ts';

/** What a copier works on. It owns the two clients. */
export interface CopyLink {
  /** `main->failover` */
  readonly name: string;
  readonly from: string;
  /** Which the copier writes with: that of MirrorMaker's source task. */
  readonly transactionalId: string;
  /** At first; more may be included later. */
  readonly partitions: readonly CopiedPartition[];
  readonly source: KafkaClient;
  readonly target: KafkaClient;
}

/** A transaction of a copier that has died is aborted after this; whoever takes over aborts it at once. */
const TRANSACTION_TIMEOUT_MS = 15_000;

/**
 * From the fence to the first error, or to the end that the caller asks for: fetches of all brokers run side by side, and what has arrived goes
 * to the target in one transaction after the other. `after`: the producer of this copier's session before.
 */
export async function runCopySession(link: CopyLink, state: CopyState, after: TransactionalProducer | undefined, stopping: AbortSignal): Promise<void> {
  const { source, target, transactionalId } = link;
  const { partitions } = state;
  const offsets = openSourceOffsets(target, link.from);
  await offsets.read(); // most of it, while nothing stands still yet
  if (after !== undefined) await abortWhatIsOpen(target, after);
  const producer = await initTransactionalId(target, transactionalId, { transactionTimeoutMs: TRANSACTION_TIMEOUT_MS, after });
  state.producer = producer;
  const [starts, leaders, targets] = await Promise.all([offsets.read().then((found) => findStarts(source, partitions, found)), findLeaders(source, partitions), findLeaders(target, partitions, offsets.topic)]);
  const perBroker = groupBy(starts, (start) => leaders.get(`${start.topic}-${start.partition}`) ?? -1);
  state.begin(new Map(starts.map(({ topic, partition, offset }) => [`${topic}-${partition}`, offset])), perBroker.keys());

  const broken = new AbortController();
  const writer = openTargetWriter(target, producer, offsets, targets, { isMerging: state.isMerging, signal: broken.signal });
  const inbox = openInbox([...perBroker].map(([brokerId, ofBroker]) => readSource(source, brokerId, ofBroker, AbortSignal.any([broken.signal, stopping]))), stopping);
  try {
    while (!stopping.aborted) {
      const chunks = await inbox.take();
      await writer.write(chunks.flatMap(({ parts }) => parts));
      state.done(chunks);
    }
  } finally {
    broken.abort();
  }
}

/** Before Kafka 4 a producer that takes its own id again in the middle of its own transaction is told that it was fenced. */
async function abortWhatIsOpen(target: KafkaClient, producer: TransactionalProducer): Promise<void> {
  await endTransaction(target, producer, false).catch((reason: unknown) => {
    // Nothing is open, or it was committed and only the answer was lost.
    if (!(reason instanceof GwctlError) || reason.details['errorCode'] !== ERROR.INVALID_TXN_STATE) throw reason;
  });
}

/** Whatever has arrived since the last time; at least one chunk, or none at the end. A reader goes on when its chunk was taken. */
function openInbox(readers: readonly AsyncGenerator<SourceChunk, void, undefined>[], stopping: AbortSignal): { take(): Promise<readonly SourceChunk[]> } {
  let arrived: { readonly reader: AsyncGenerator<SourceChunk, void, undefined>; readonly chunk: SourceChunk }[] = [];
  let failure: { readonly reason: unknown } | undefined;
  let wake = (): void => {};
  const ask = (reader: AsyncGenerator<SourceChunk, void, undefined>): void => {
    reader.next().then(
      ({ value }) => {
        if (value !== undefined) arrived.push({ reader, chunk: value });
        wake();
      },
      (reason: unknown) => {
        failure ??= { reason };
        wake();
      },
    );
  };
  for (const reader of readers) ask(reader);
  stopping.addEventListener('abort', () => wake(), { once: true });
  return {
    take: async () => {
      while (arrived.length === 0 && failure === undefined && !stopping.aborted) await new Promise<void>((resolve) => (wake = resolve));
      if (failure !== undefined) throw failure.reason;
      const taken = arrived;
      arrived = [];
      for (const { reader } of taken) ask(reader);
      return taken.map(({ chunk }) => chunk);
    },
  };
}

/** One after the position; what was never copied begins with its first record, and so does what retention has cut off, as MirrorMaker does it. */
async function findStarts(source: KafkaClient, partitions: readonly CopiedPartition[], positions: ReadonlyMap<string, SourceOffset>): Promise<SourceStart[]> {
  const firsts = await source.listOffsets(partitions.map(({ topic, partition }) => ({ topic, partition, timestamp: EARLIEST })));
  return firsts.map(({ topic, partition, offset: first, errorCode }) => {
    if (errorCode !== 0) throw new GwctlError('UNAVAILABLE', `first offset of ${topic}-${partition}: ${errorName(errorCode)}`, { details: { errorCode } });
    const position = positions.get(`${topic}-${partition}`)?.offset ?? -1n;
    return { topic, partition, offset: position + 1n > first ? position + 1n : first };
  });
}

/** Of the partitions, and of all partitions of `whole`. Throws CHECK_FAILED when one is not there. */
async function findLeaders(client: KafkaClient, partitions: readonly CopiedPartition[], whole?: string): Promise<ReadonlyMap<string, number>> {
  const names = [...new Set([...partitions.map(({ topic }) => topic), ...(whole === undefined ? [] : [whole])])];
  const { topics } = await client.metadata(names);
  const leaders = new Map(topics.flatMap(({ name, partitions: all }) => all.map(({ index, leader }) => [`${name}-${index}`, leader] as const)));
  for (const { topic, partition } of partitions) {
    const leader = leaders.get(`${topic}-${partition}`);
    if (leader === undefined) throw new GwctlError('CHECK_FAILED', `${topic}-${partition} is not there on both sides, and cannot be copied`, { hint: 'MirrorMaker creates it: `gwctl verify` says when both sides are equal' });
    if (leader < 0) throw new GwctlError('UNAVAILABLE', `${topic}-${partition} has no leader`);
  }
  return leaders;
}
