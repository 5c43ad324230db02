import { encodeMessage } from '../../wire/codec.ts';
import { ERROR } from '../../wire/error-codes.ts';
import { fetchApi, type FetchRequest } from '../../wire/generated/fetch.ts';
import { offsetCommitApi, offsetCommitResponse, type OffsetCommitRequest } from '../../wire/generated/offset-commit.ts';
import { encodeResponseFrame } from '../../wire/headers.ts';
import { newMessage } from '../../wire/new-message.ts';
import type { ApiDefinition } from '../../wire/schema.ts';
import { API } from '../api-table.ts';
import type { Exchange } from '../connection/exchange-queue.ts';
import type { Surroundings } from '../rewrite/rewriter.ts';
import { toClient } from '../rewrite/translation.ts';
import { answerHeartbeatMoved, answerProduceNotLeader, fetchMoved } from './local-answers.ts';

/** What a request that waits on the cluster that is being left is answered by the gateway, where it cannot be asked again of the other one; a fetch also where its broker is away. */
export function answerMoved(exchange: Exchange, around: Surroundings | undefined): Buffer | undefined {
  const { apiKey, apiVersion, correlationId, request } = exchange;
  // It names what the member owns by the ids of the cluster that is left.
  if (apiKey === API.consumerGroupHeartbeat) return answerHeartbeatMoved(correlationId, apiVersion);
  if (around === undefined || request === undefined) return undefined;
  if (apiKey === API.fetch) return inClientsWords(fetchApi, fetchMoved(request as unknown as FetchRequest, apiVersion));
  if (apiKey === API.offsetCommit) return inClientsWords(offsetCommitApi, commitMoved(request as unknown as OffsetCommitRequest));
  return undefined;

  function inClientsWords(api: Pick<typeof fetchApi | typeof offsetCommitApi, 'response'>, body: Record<string, unknown>): Buffer {
    toClient(api as unknown as ApiDefinition, exchange, body, around as Surroundings);
    return encodeResponseFrame(apiKey, apiVersion, correlationId, encodeMessage<object>(api.response, apiVersion, body));
  }
}

/** A Produce request that a cluster took and never answered: its producer looks for a leader, and sends it again. undefined: it is none. */
export function answerCut({ correlationId, apiVersion, produced }: Exchange): Buffer | undefined {
  return produced === undefined ? undefined : answerProduceNotLeader(correlationId, apiVersion, produced.asked);
}

/** Its offsets are the other cluster's: the client finds its new coordinator first, and that one knows what to say to a member. */
function commitMoved({ topics }: OffsetCommitRequest): Record<string, unknown> {
  return {
    ...newMessage(offsetCommitResponse, {
      topics: topics.map(({ name, partitions }) => ({ name, partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode: ERROR.NOT_COORDINATOR })) })),
    }),
  };
}
