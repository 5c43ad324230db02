import { ERROR } from '../../wire/error-codes.ts';
import type { ApiDefinition } from '../../wire/schema.ts';
import { API } from '../api-table.ts';
import { auditTopics } from '../audit/audited-topics.ts';
import { after, type Soon } from '../bytes/soon.ts';
import type { ClientSoftware } from '../client-software.ts';
import type { Exchange } from '../connection/exchange-queue.ts';
import type { ClientSession } from '../login/login.ts';
import type { NodeContext } from '../node-context.ts';
import { translateResponse } from '../rewrite/translation.ts';
import { answerInFull } from './answer-in-full.ts';
import { correctOffsets } from './correct-offsets.ts';

/** Turns a broker's whole answer into the client's, after everything that depends on it was told. */
export function translateAnswer(
  api: ApiDefinition, exchange: Exchange, body: Record<string, unknown>, session: ClientSession, node: NodeContext, software: ClientSoftware,
): Soon<Buffer> {
  const { account, around, address } = session;
  const finish = (): Buffer => {
    auditTopics(exchange.apiKey, exchange.request, body, { virtualCluster: account.virtualCluster, user: account.username, address }, node.audit);
    return answerInFull(api, exchange, body, exchange.charge);
  };
  return after(after(tell(exchange, body, session, node, software), () => translateResponse(api, exchange, body, around, node.isSettling)), finish);
}

/** Acknowledgements depend on nothing here, and do not wait for a promise each. */
function tell(exchange: Exchange, body: Record<string, unknown>, { account }: ClientSession, node: NodeContext, software: ClientSoftware): Soon<void> {
  const { apiKey, request } = exchange;
  const correct = (): Soon<void> => after(correctOffsets(exchange, body, node), () => node.transactions.after(apiKey, request, body, software));
  if (request === undefined) return correct();
  if (apiKey === API.heartbeat || apiKey === API.consumerGroupHeartbeat) forgetUnknown(request, body, node);
  if (apiKey === API.createTopics) return node.topicsCreated(account, request, body).then(correct);
  if (apiKey === API.deleteTopics) return node.topicsDeleted(account, request, body).then(correct);
  return correct();
}

/** Members are remembered as soon as they say that they are one. */
function forgetUnknown(request: Record<string, unknown>, body: Record<string, unknown>, { groups }: NodeContext): void {
  if (body['errorCode'] === ERROR.UNKNOWN_MEMBER_ID || body['errorCode'] === ERROR.GROUP_ID_NOT_FOUND) groups.left(request['groupId'] as string, request['memberId'] as string);
}
