import { encodeMessage } from '../../wire/codec.ts';
import { ERROR } from '../../wire/error-codes.ts';
import { apiVersionsResponse } from '../../wire/generated/api-versions.ts';
import { consumerGroupHeartbeatResponse } from '../../wire/generated/consumer-group-heartbeat.ts';
import { fetchResponse, type FetchRequest } from '../../wire/generated/fetch.ts';
import { produceResponse } from '../../wire/generated/produce.ts';
import { encodeResponseFrame } from '../../wire/headers.ts';
import { newMessage } from '../../wire/new-message.ts';
import { advertisedApis, API, type ApiTable } from '../api-table.ts';
import { unknownTopicProduced } from '../rewrite/topic-ids.ts';
import type { UnknownTopic } from '../splice/produce-request-by-id.ts';
import type { ProduceHead } from '../splice/produce-request.ts';

/** The frozen table (D3): no features, so that no client believes in transactions of version 2 that one cluster has and the other has not (H4, H10). */
export function answerApiVersions(correlationId: number, version: number, table: ApiTable): Buffer {
  const supported = version >= 0 && version <= (table.get(API.apiVersions)?.max ?? 0);
  // A version that we do not know is answered as version 0 with the ranges, and the client asks again (KIP-511).
  const answerVersion = supported ? version : 0;
  const body = newMessage(apiVersionsResponse, { errorCode: supported ? ERROR.NONE : ERROR.UNSUPPORTED_VERSION, apiKeys: advertisedApis(table) });
  return encodeResponseFrame(API.apiVersions, answerVersion, correlationId, encodeMessage(apiVersionsResponse, answerVersion, body));
}

/** "Not the leader, and I do not know who is": every client refreshes its metadata and tries again, and librdkafka counts no retry (H12). */
export function answerProduceNotLeader(correlationId: number, version: number, head: ProduceHead): Buffer {
  return answerProduceFailed(correlationId, version, head, ERROR.NOT_LEADER_OR_FOLLOWER);
}

/** The same error for every partition. */
export function answerProduceFailed(correlationId: number, version: number, head: ProduceHead, errorCode: number): Buffer {
  const body = newMessage(produceResponse, {
    responses: head.topics.map(({ name, topicId, partitions }) => ({
      name,
      topicId,
      partitionResponses: partitions.map((index) => ({ index, errorCode, baseOffset: -1n })),
    })),
  });
  return encodeResponseFrame(API.produce, version, correlationId, encodeMessage(produceResponse, version, body));
}

/** The answer to a Produce request of which no topic is known by its id. */
export function answerProduceUnknown(correlationId: number, version: number, unknown: readonly UnknownTopic[]): Buffer {
  const body = newMessage(produceResponse, { responses: unknown.map(({ topicId, partitions }) => unknownTopicProduced(topicId, partitions)) });
  return encodeResponseFrame(API.produce, version, correlationId, encodeMessage(produceResponse, version, body));
}

/** A member's heartbeat to the cluster that is being left: on the other one it is nobody yet, and on this error it joins there (D6). */
export function answerHeartbeatMoved(correlationId: number, version: number): Buffer {
  const body = newMessage(consumerGroupHeartbeatResponse, { errorCode: ERROR.FENCED_MEMBER_EPOCH });
  return encodeResponseFrame(API.consumerGroupHeartbeat, version, correlationId, encodeMessage(consumerGroupHeartbeatResponse, version, body));
}

/** A Fetch answer as of a broker without new records. Where its session has changes to tell, it tells them again: it knows by what is asked what has arrived. */
export function fetchNothing({ sessionId }: Pick<FetchRequest, 'sessionId'>): Record<string, unknown> {
  return { ...newMessage(fetchResponse, { sessionId }) };
}

/**
 * The answer to a fetch that was waiting on the cluster that is being left. A fetch session is forgotten (H7), so that the client names all
 * its partitions again; without one, each partition asks for fresh metadata.
 */
export function fetchMoved(request: FetchRequest, version: number): Record<string, unknown> {
  if (version >= 7 && request.sessionId !== 0) {
    return { ...newMessage(fetchResponse, { errorCode: ERROR.FETCH_SESSION_ID_NOT_FOUND }) };
  }
  return {
    ...newMessage(fetchResponse, {
      responses: request.topics.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map(({ partition }) => ({
          partitionIndex: partition,
          errorCode: ERROR.NOT_LEADER_OR_FOLLOWER,
          highWatermark: -1n,
          records: Buffer.alloc(0),
        })),
      })),
    }),
  };
}
