import type { RequestHead } from '../../wire/headers.ts';
import { denyProduce } from '../acls/deny-produce.ts';
import { answerProduceFailed, answerProduceNotLeader } from '../answers/local-answers.ts';
import { bytesOf } from '../bytes/byte-source.ts';
import { FrameReader } from '../bytes/frame-reader.ts';
import type { ClientSoftware } from '../client-software.ts';
import type { NodeContext } from '../node-context.ts';
import { numberedBatches, writtenPartitions } from '../producers/numbered-batches.ts';
import { physicalTopicOf, producedTopics } from '../rewrite/produced-topics.ts';
import type { Surroundings } from '../rewrite/rewriter.ts';
import { FIRST_PRODUCE_BY_ID } from '../splice/produce-request-by-id.ts';
import { swallowProduceRequest } from '../splice/produce-request.ts';

/** Who wants to write. */
export interface Writer {
  readonly node: NodeContext;
  /** The broker whose port it came to. */
  readonly nodeId: number;
  readonly software: ClientSoftware;
  readonly around: Surroundings;
}

/** A Produce request that may go on, with who wants to see its answer, or the answer to it; an empty one where its client waits for none. */
export type JudgedProduce = { readonly kind: 'forward'; readonly body: FrameReader; readonly answered?: (answer: Record<string, unknown>) => void } | { readonly kind: 'answer'; readonly answer: Buffer };

const NO_ANSWER: JudgedProduce = { kind: 'answer', answer: Buffer.alloc(0) };

/** Looks at a Produce request as a whole: all of it may go to this broker, or nothing does. `body` is changed in place where its producer has another id there. */
export async function judgeProduce({ node, nodeId, software, around }: Writer, head: RequestHead, body: Buffer, flexible: boolean, transactionalId: string | null): Promise<JudgedProduce> {
  const reader = (): FrameReader => new FrameReader(bytesOf(body), body.length, flexible, 'Produce');
  const asked = await swallowProduceRequest(reader(), head.apiVersion >= FIRST_PRODUCE_BY_ID);
  const denied = await denyProduce(head, asked, around);
  const topicOf = (name: string, topicId: string): string | undefined => physicalTopicOf(name, topicId, around);
  const isAtLeader = denied !== undefined || !node.isSettling || node.mayProduce(nodeId, await producedTopics(asked, around));
  const isNumbered = (node.isSettling && !node.sequences.isEmpty) || node.returned?.isEmpty === false;
  const batches = !isAtLeader || !isNumbered || transactionalId !== null ? [] : numberedBatches(head.apiVersion, body, topicOf);
  const fits = isAtLeader && node.sequences.mayWrite(batches);
  const errorCode = transactionalId === null || denied !== undefined || !fits ? undefined : await node.transactions.beforeProduce(transactionalId, head, body, software);
  if (denied === undefined && fits && errorCode === undefined) node.returned?.introduce(head, body, batches);
  if (denied === undefined && fits && errorCode === undefined) return { kind: 'forward', body: reader(), ...(batches.length === 0 ? {} : { answered }) };
  if (asked.acks === 0) return NO_ANSWER;
  if (denied !== undefined) return { kind: 'answer', answer: denied };
  return { kind: 'answer', answer: errorCode === undefined ? answerProduceNotLeader(head.correlationId, head.apiVersion, asked) : answerProduceFailed(head.correlationId, head.apiVersion, asked, errorCode) };

  function answered(answer: Record<string, unknown>): void {
    const written = writtenPartitions(answer, topicOf);
    for (const batch of batches) if (written.has(`${batch.topic} ${batch.partition}`)) node.sequences.confirmed(batch);
  }
}
