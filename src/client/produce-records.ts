import { GwctlError } from '../shared/errors.ts';
import { encodeRecordBatch, type NewRecord } from '../wire/encode-record-batch.ts';
import { ERROR, errorName } from '../wire/error-codes.ts';
import { produceApi } from '../wire/generated/produce.ts';
import { kafkaError, startDeadline, withRetries } from './call-deadline.ts';
import type { CallOptions } from './client-options.ts';
import type { Session } from './session.ts';

/** Answers after which the records are certainly not in the log. */
const NOT_WRITTEN: ReadonlySet<number> = new Set([
  ERROR.NOT_LEADER_OR_FOLLOWER, ERROR.UNKNOWN_TOPIC_OR_PARTITION, ERROR.LEADER_NOT_AVAILABLE, ERROR.NOT_ENOUGH_REPLICAS, ERROR.KAFKA_STORAGE_ERROR,
]);

export type ProduceRecord = Omit<NewRecord, 'timestamp'> & { readonly timestamp?: bigint };

export interface ProduceOptions extends CallOptions {
  /** -1: all in-sync replicas. */
  readonly acks?: -1 | 1;
  readonly compression?: 'none' | 'gzip';
  /** Of the transaction that the batch belongs to; then `records` is a batch with its producer id, epoch and sequence. */
  readonly transactionalId?: string;
}

/**
 * Writes one batch to the partition's leader and returns the offset of its first record. Repeats only what certainly was not written:
 * a lost answer throws UNAVAILABLE with `details.maybeWritten`, and the caller decides.
 */
export async function produceRecords(session: Session, topic: string, partition: number, records: readonly ProduceRecord[] | Buffer, options: ProduceOptions = {}): Promise<bigint> {
  const { acks = -1, compression = 'none', transactionalId = null } = options;
  const deadline = startDeadline(options, session.options.requestTimeoutMs);
  const now = BigInt(Date.now());
  const batch = Buffer.isBuffer(records) ? records : encodeRecordBatch((records as readonly ProduceRecord[]).map((record) => ({ timestamp: now, ...record })), { compression });
  const what = `produce to ${topic}-${partition}`;
  let sentAtMs: number | undefined;
  return withRetries(deadline, async () => {
    sentAtMs = undefined;
    try {
      const answer = await session.send({ kind: 'leader', topic, partition }, produceApi, {
        acks, timeoutMs: Math.ceil(deadline.remainingMs()), transactionalId, topicData: [{ name: topic, partitionData: [{ index: partition, records: batch }] }],
      }, deadline, { onSend: () => (sentAtMs = performance.now()) });
      const found = answer.responses[0]?.partitionResponses[0];
      if (found === undefined) throw new GwctlError('PROTOCOL', `${what}: the answer does not have the partition`);
      if (found.errorCode === ERROR.NONE) return found.baseOffset;
      if (NOT_WRITTEN.has(found.errorCode)) throw kafkaError(what, found.errorCode, found.errorMessage);
      throw new GwctlError('UNAVAILABLE', `${what}: ${errorName(found.errorCode)}${found.errorMessage ? `: ${found.errorMessage}` : ''}`, {
        details: { errorCode: found.errorCode, final: true, maybeWritten: found.errorCode === ERROR.REQUEST_TIMED_OUT || found.errorCode === ERROR.NOT_ENOUGH_REPLICAS_AFTER_APPEND },
      });
    } catch (reason) {
      const isLost = sentAtMs !== undefined && reason instanceof GwctlError && reason.code === 'UNAVAILABLE' && reason.details['errorCode'] === undefined;
      if (!isLost) throw reason;
      throw new GwctlError('UNAVAILABLE', `${what}: ${reason.message}; the records may have been written`, { cause: reason, details: { final: true, maybeWritten: true } });
    }
  }, () => session.forgetLocations(sentAtMs));
}
