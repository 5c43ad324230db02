import { setTimeout as delay } from 'node:timers/promises';
import { isRetriable } from '../client/call-deadline.ts';
import { isFenced } from '../client/transactions.ts';
import { GwctlError } from '../shared/errors.ts';
import { ERROR } from '../wire/error-codes.ts';
import { runCopySession, type CopyLink } from './copy-session.ts';
import { CopyState, type CopiedPartition } from './copy-state.ts';
import { findDeleted } from './find-deleted.ts';
import { makeMissing } from './make-missing.ts';

/** Copies a link in MirrorMaker's place. It lives until `stop`, or until it fails for good. */
export interface Copier {
  /** By `topic-n`: everything of the source before this offset is on the target for good, or is nothing that is copied. */
  readonly positions: ReadonlyMap<string, bigint>;
  /** Records and transactions so far. */
  readonly copied: { readonly records: number; readonly transactions: number };
  /** Why it has stopped by itself. */
  readonly failure: GwctlError | undefined;
  /** Age of what the target has: the source had nothing else that long ago. Infinity until it is there for the first time. */
  behindMs(): number;
  /** Resolves when the target is at most as far behind as is allowed by then. Throws what the copier failed with, or the signal's reason. */
  awaitWithin(allowedMs: () => number, signal: AbortSignal): Promise<void>;
  /** Topics that were deleted on the source meanwhile: what was not copied of them by then never will be. */
  readonly leftOut: ReadonlySet<string>;
  /**
   * Copies these, too, and makes on the target what is missing of them there, as it is on the source. Answers with those that are new. Throws
   * CHECK_FAILED for a topic that was deleted before.
   */
  include(partitions: readonly CopiedPartition[]): Promise<readonly CopiedPartition[]>;
  /** Resolves when every partition is there up to this offset, which is not included. Throws as `awaitWithin`, and CHECK_FAILED for a partition that is not copied. */
  awaitEnds(ends: ReadonlyMap<string, bigint>, signal: AbortSignal): Promise<void>;
  /** Ends it after the transaction that is under way, and closes its connections. Safe to repeat; never throws. */
  stop(): Promise<void>;
}

/** For so long it goes on trying without any progress: a broker that was killed is back by then. Who waits has a deadline of its own. */
const STALL_MS = 30_000;
const RETRY_MS = 50;

/**
 * Takes the link over with MirrorMaker's own transactional id, so that there is never more than one that writes: a MirrorMaker that comes back
 * fences this copier, and so does the next copier. Returns at once; what goes wrong is told by `failure` and the waits.
 */
export function startCopier(link: CopyLink): Copier {
  const state = new CopyState(link.partitions);
  const over = new AbortController();
  const running = keepCopying(link, state, over.signal).then(
    () => {},
    (reason: unknown) => state.fail(GwctlError.from(reason)),
  );
  return {
    positions: state.positions,
    copied: state.copied,
    get failure() {
      return state.failure;
    },
    behindMs: () => state.behindMs(),
    awaitWithin: (allowedMs, signal) => state.until(() => state.behindMs() <= allowedMs(), signal),
    get leftOut() {
      return state.leftOut;
    },
    include: async (partitions) => {
      const added = partitions.filter(({ topic, partition }) => !state.isCopied(`${topic}-${partition}`));
      const again = added.find(({ topic }) => state.leftOut.has(topic));
      if (again !== undefined) throw new GwctlError('CHECK_FAILED', `${again.topic} was deleted on the source and made again after its replication was taken over`, { hint: 'delete it on the target, too, before the next try' });
      if (added.length === 0) return [];
      await makeMissing(link, added);
      state.add(added);
      return added;
    },
    awaitEnds: async (ends, signal) => {
      const wanted = [...ends].filter(([partition]) => !isLeftOut(state, partition));
      const unknown = wanted.find(([partition]) => !state.isCopied(partition));
      if (unknown !== undefined) throw new GwctlError('CHECK_FAILED', `${unknown[0]} appeared on the source after its replication was taken over`, { hint: 'try again: MirrorMaker creates it on the target' });
      await state.until(() => wanted.every(([partition, end]) => end === 0n || isLeftOut(state, partition) || (state.positions.get(partition) ?? -1n) >= end), signal);
    },
    stop: async () => {
      over.abort();
      await running;
      link.source.close();
      link.target.close();
    },
  };
}

/** Whatever breaks a session, the next one finds out what has become of its transaction, and where the target is. */
async function keepCopying(link: CopyLink, state: CopyState, stopping: AbortSignal): Promise<void> {
  let producer: Parameters<typeof runCopySession>[2];
  for (;;) {
    const { changed } = state;
    const failed = await runCopySession(link, state, producer, AbortSignal.any([stopping, changed])).catch((reason: unknown) => GwctlError.from(reason));
    if (stopping.aborted) return;
    producer = state.producer;
    if (changed.aborted || !(failed instanceof GwctlError)) continue;
    if (isFenced(failed)) throw new GwctlError('NOT_AS_EXPECTED', `somebody else has taken over the replication ${link.name}: a MirrorMaker that was started, or another run`, { cause: failed });
    const isMergedTooLarge = state.isMerging && failed.details['errorCode'] === ERROR.MESSAGE_TOO_LARGE;
    if (isMergedTooLarge) state.isMerging = false;
    else if (!(await leaveOutDeleted(link, state, failed)) && isFinal(failed)) throw failed;
    if (performance.now() - state.progressAtMs > STALL_MS) throw new GwctlError('UNAVAILABLE', `${link.name} has not got on for ${STALL_MS} ms: ${failed.message}`, { cause: failed });
    link.source.forgetLocations();
    link.target.forgetLocations();
    await delay(RETRY_MS, undefined, { signal: stopping }).catch(() => {});
  }
}

/** Beside what is retriable, a producer whose state a broker has lost is put right by a new session. */
const MENDED_BY_A_NEW_SESSION: ReadonlySet<unknown> = new Set([
  ERROR.OUT_OF_ORDER_SEQUENCE_NUMBER, ERROR.INVALID_TXN_STATE, ERROR.INVALID_PRODUCER_ID_MAPPING, ERROR.UNKNOWN_PRODUCER_ID, ERROR.NOT_LEADER_OR_FOLLOWER,
]);

function isFinal(failed: GwctlError): boolean {
  return failed.code !== 'UNAVAILABLE' || !(isRetriable(failed) || MENDED_BY_A_NEW_SESSION.has(failed.details['errorCode']));
}

/** Whether there were topics to leave out: they were deleted on the source. */
async function leaveOutDeleted({ source }: CopyLink, state: CopyState, failed: GwctlError): Promise<boolean> {
  if (failed.code !== 'CHECK_FAILED' && failed.details['errorCode'] !== ERROR.UNKNOWN_TOPIC_OR_PARTITION) return false;
  const deleted = await findDeleted(source, state.partitions).catch(() => []);
  for (const topic of deleted) state.leaveOut(topic);
  return deleted.length > 0;
}

function isLeftOut({ leftOut }: CopyState, partition: string): boolean {
  return leftOut.has(partition.slice(0, partition.lastIndexOf('-')));
}
