import type { ApiDefinition } from '../wire/schema.ts';
import { answerInFull } from './answer-in-full.ts';
import { API } from './api-table.ts';
import { auditTopics } from './audit/audited-topics.ts';
import type { ClientSoftware } from './client-software.ts';
import { correctOffsets } from './correct-offsets.ts';
import type { Exchange } from './exchange-queue.ts';
import type { ClientSession } from './login.ts';
import type { NodeContext } from './node-context.ts';
import { translateResponse } from './rewrite/translation.ts';

/** Turns a broker's whole answer into the client's, after everything that depends on it was told. */
export async function translateAnswer(
  api: ApiDefinition, exchange: Exchange, body: Record<string, unknown>, { account, around, address }: ClientSession, node: NodeContext, software: ClientSoftware,
): Promise<Buffer> {
  const { apiKey, request } = exchange;
  if (request !== undefined) {
    if (apiKey === API.createTopics) await node.topicsCreated(account, request, body);
    if (apiKey === API.deleteTopics) await node.topicsDeleted(account, request, body);
  }
  await correctOffsets(exchange, body, node);
  const told = node.transactions.after(apiKey, request, body, software);
  if (told !== undefined) await told;
  await translateResponse(api, exchange, body, around, node.isSettling);
  auditTopics(apiKey, request, body, { virtualCluster: account.virtualCluster, user: account.username, address }, node.audit);
  return answerInFull(api, exchange, body, exchange.charge);
}
