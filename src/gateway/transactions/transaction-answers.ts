import { ERROR } from '../../wire/error-codes.ts';
import { addOffsetsToTxnResponse } from '../../wire/generated/add-offsets-to-txn.ts';
import { addPartitionsToTxnResponse, type AddPartitionsToTxnRequest } from '../../wire/generated/add-partitions-to-txn.ts';
import { endTxnResponse } from '../../wire/generated/end-txn.ts';
import { initProducerIdResponse } from '../../wire/generated/init-producer-id.ts';
import type { ProduceResponse } from '../../wire/generated/produce.ts';
import { txnOffsetCommitResponse, type TxnOffsetCommitRequest } from '../../wire/generated/txn-offset-commit.ts';
import { newMessage } from '../../wire/new-message.ts';
import { API } from '../api-table.ts';
import type { ProducerIdentity } from './transactional-producer.ts';

type Body = Record<string, unknown>;

/** What a coordinator, or a leader that asked one, answers about a transaction that it does not know. */
const UNKNOWN_TRANSACTION: ReadonlySet<unknown> = new Set([ERROR.INVALID_PRODUCER_ID_MAPPING, ERROR.INVALID_TXN_STATE]);

/** The transactional id that a request is about; null: none. Produce has no decoded request. */
export function transactionalIdOf(apiKey: number, request: Body): string | null {
  switch (apiKey) {
    case API.addPartitionsToTxn:
      return request['v3AndBelowTransactionalId'] as string;
    case API.initProducerId:
    case API.addOffsetsToTxn:
    case API.txnOffsetCommit:
    case API.endTxn:
      return request['transactionalId'] as string | null;
    default:
      return null;
  }
}

export function identityOf(apiKey: number, request: Body): ProducerIdentity {
  const [id, epoch] = fieldsOf(apiKey);
  return { producerId: request[id] as bigint, epoch: request[epoch] as number };
}

export function setIdentity(apiKey: number, request: Body, { producerId, epoch }: ProducerIdentity): void {
  const [idField, epochField] = fieldsOf(apiKey);
  request[idField] = producerId;
  request[epochField] = epoch;
}

function fieldsOf(apiKey: number): readonly [string, string] {
  return apiKey === API.addPartitionsToTxn ? ['v3AndBelowProducerId', 'v3AndBelowProducerEpoch'] : ['producerId', 'producerEpoch'];
}

/** The gateway's own answer to a request about a transaction. */
export function answerTransaction(apiKey: number, request: Body, errorCode: number): Body {
  switch (apiKey) {
    case API.initProducerId:
      return { ...newMessage(initProducerIdResponse, { errorCode, producerId: -1n, producerEpoch: -1 }) };
    case API.addPartitionsToTxn: {
      const resultsByTopicV3AndBelow = (request as unknown as AddPartitionsToTxnRequest).v3AndBelowTopics.map(({ name, partitions }) => ({
        name,
        resultsByPartition: partitions.map((partitionIndex) => ({ partitionIndex, partitionErrorCode: errorCode })),
      }));
      return { ...newMessage(addPartitionsToTxnResponse, { resultsByTopicV3AndBelow }) };
    }
    case API.txnOffsetCommit: {
      const topics = (request as unknown as TxnOffsetCommitRequest).topics.map(({ name, partitions }) => ({ name, partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })) }));
      return { ...newMessage(txnOffsetCommitResponse, { topics }) };
    }
    default:
      return { ...newMessage(apiKey === API.endTxn ? endTxnResponse : addOffsetsToTxnResponse, { errorCode }) };
  }
}

/**
 * Turns a broker's "unknown", which is the end for a Java client from 4.0 on, into words on which it aborts its transaction and goes on; an
 * abort of what is not there has succeeded.
 *
 * @returns whether there was such a word
 */
export function forgiveUnknown(apiKey: number, request: Body | undefined, answer: Body): boolean {
  switch (apiKey) {
    case API.addPartitionsToTxn:
      return (answer['resultsByTopicV3AndBelow'] as { resultsByPartition: Body[] }[]).flatMap(({ resultsByPartition }) => resultsByPartition.map((partition) => replace(partition, 'partitionErrorCode'))).includes(true);
    case API.txnOffsetCommit:
      return (answer['topics'] as { partitions: Body[] }[]).flatMap(({ partitions }) => partitions.map((partition) => replace(partition))).includes(true);
    case API.produce:
      return (answer as unknown as ProduceResponse).responses.flatMap(({ partitionResponses }) => partitionResponses.map((partition) => replace(partition as unknown as Body))).includes(true);
    case API.endTxn:
      return replace(answer, 'errorCode', request?.['committed'] === true ? ERROR.TRANSACTION_ABORTABLE : ERROR.NONE);
    case API.addOffsetsToTxn:
      return replace(answer);
    default:
      return false;
  }
}

function replace(owner: Body, field = 'errorCode', errorCode: number = ERROR.TRANSACTION_ABORTABLE): boolean {
  if (!UNKNOWN_TRANSACTION.has(owner[field])) return false;
  owner[field] = errorCode;
  return true;
}
