import type { RequestHead } from '../../wire/headers.ts';
import { answerProduceNotLeader } from '../answers/local-answers.ts';
import type { FrameReader } from '../bytes/frame-reader.ts';
import { FIRST_PRODUCE_BY_ID } from '../splice/produce-request-by-id.ts';
import { swallowProduceRequest } from '../splice/produce-request.ts';

/**
 * Reads a Produce request to its end without forwarding it: its client asks who the leader is, and tries again.
 *
 * @returns the answer; empty where the client waits for none (acks=0)
 */
export async function refuseProduce(head: RequestHead, body: FrameReader): Promise<Buffer> {
  const asked = await swallowProduceRequest(body, head.apiVersion >= FIRST_PRODUCE_BY_ID);
  return asked.acks === 0 ? Buffer.alloc(0) : answerProduceNotLeader(head.correlationId, head.apiVersion, asked);
}
