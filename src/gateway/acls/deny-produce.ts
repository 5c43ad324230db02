import { encodeMessage } from '../../wire/codec.ts';
import { ERROR } from '../../wire/error-codes.ts';
import { produceResponse } from '../../wire/generated/produce.ts';
import { encodeResponseFrame, type RequestHead } from '../../wire/headers.ts';
import { newMessage } from '../../wire/new-message.ts';
import { ZERO_UUID } from '../../wire/schema.ts';
import { answerProduceFailed } from '../answers/local-answers.ts';
import { API } from '../api-table.ts';
import { nameOfProduced } from '../rewrite/produced-topics.ts';
import type { Surroundings } from '../rewrite/rewriter.ts';
import type { ProduceHead } from '../splice/produce-request.ts';
import { OPERATION, RESOURCE } from './acl.ts';

/**
 * The answer to a Produce request that writes to a topic, or in a transaction, which its user may not write to; undefined when all of it is allowed. Nothing
 * of it is written: the topics that are allowed beside the denied ones are answered so that the client sends them again, without those.
 */
export async function denyProduce(head: RequestHead, { transactionalId, ...asked }: ProduceHead & { readonly transactionalId: string | null }, around: Surroundings): Promise<Buffer | undefined> {
  const can = around.access?.user.can;
  if (can === undefined) return undefined;
  if (transactionalId !== null && !can(OPERATION.write, RESOURCE.transactionalId, transactionalId)) {
    around.access?.denied?.('Produce', { operation: OPERATION.write, resourceType: RESOURCE.transactionalId, name: transactionalId });
    return answerProduceFailed(head.correlationId, head.apiVersion, asked, ERROR.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
  }
  const judged = await Promise.all(asked.topics.map(async (topic) => {
    const name = topic.topicId === ZERO_UUID ? topic.name : await nameOfProduced(topic.topicId, around);
    return { ...topic, isDenied: name !== undefined && !can(OPERATION.write, RESOURCE.topic, name) };
  }));
  const first = judged.find(({ isDenied }) => isDenied);
  if (first === undefined) return undefined;
  around.access?.denied?.('Produce', { operation: OPERATION.write, resourceType: RESOURCE.topic, name: first.topicId === ZERO_UUID ? first.name : ((await nameOfProduced(first.topicId, around)) ?? '') });
  const responses = judged.map(({ name, topicId, partitions, isDenied }) => ({
    name,
    topicId,
    partitionResponses: partitions.map((index) => ({ index, errorCode: isDenied ? ERROR.TOPIC_AUTHORIZATION_FAILED : ERROR.NOT_LEADER_OR_FOLLOWER, baseOffset: -1n })),
  }));
  return encodeResponseFrame(API.produce, head.apiVersion, head.correlationId, encodeMessage(produceResponse, head.apiVersion, newMessage(produceResponse, { responses })));
}
