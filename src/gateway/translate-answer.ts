import { decodeMessage } from '../wire/codec.ts';
import type { ApiDefinition } from '../wire/schema.ts';
import { answerInFull } from './answer-in-full.ts';
import { API, brokerVersionOf } from './api-table.ts';
import { auditTopics } from './audit/audited-topics.ts';
import type { ClientSoftware } from './client-software.ts';
import type { Exchange } from './exchange-queue.ts';
import type { ClientSession } from './login.ts';
import type { NodeContext } from './node-context.ts';
import { translateResponse } from './rewrite/translation.ts';

/** Turns a broker's whole answer into the client's, after everything that depends on it was told. */
export async function translateAnswer(
  api: ApiDefinition, exchange: Exchange, frame: Buffer, bodyStart: number, { account, around, address }: ClientSession, node: NodeContext, software: ClientSoftware,
): Promise<Buffer> {
  const { apiKey, apiVersion, request } = exchange;
  const body = decodeMessage(api.response, brokerVersionOf(apiKey, apiVersion), frame, bodyStart);
  if (request !== undefined) {
    if (apiKey === API.createTopics) await node.topicsCreated(account, request, body);
    if (apiKey === API.deleteTopics) await node.topicsDeleted(account, request, body);
  }
  node.transactions.after(apiKey, request, body, software);
  await translateResponse(api, exchange, body, around, node.isSettling);
  auditTopics(apiKey, request, body, { virtualCluster: account.virtualCluster, user: account.username, address }, node.audit);
  return answerInFull(api, exchange, body, exchange.charge);
}
