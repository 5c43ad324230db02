import { encodeMessage } from '../wire/codec.ts';
import { fetchApi, type FetchRequest } from '../wire/generated/fetch.ts';
import { encodeResponseFrame } from '../wire/headers.ts';
import type { ApiDefinition } from '../wire/schema.ts';
import { API } from './api-table.ts';
import type { Exchange } from './exchange-queue.ts';
import { answerHeartbeatMoved, fetchMoved } from './local-answers.ts';
import type { Surroundings } from './rewrite/rewriter.ts';
import { toClient } from './rewrite/translation.ts';

/** What a request that waits on the cluster that is being left is answered by the gateway, where it cannot be asked again of the other one. */
export function answerMoved(exchange: Exchange, around: Surroundings | undefined): Buffer | undefined {
  const { apiKey, apiVersion, correlationId, request } = exchange;
  // It names what the member owns by the ids of the cluster that is left.
  if (apiKey === API.consumerGroupHeartbeat) return answerHeartbeatMoved(correlationId, apiVersion);
  if (apiKey !== API.fetch || around === undefined || request === undefined) return undefined;
  const body = fetchMoved(request as unknown as FetchRequest, apiVersion);
  toClient(fetchApi as unknown as ApiDefinition, exchange, body, around);
  return encodeResponseFrame(API.fetch, apiVersion, correlationId, encodeMessage<object>(fetchApi.response, apiVersion, body));
}
