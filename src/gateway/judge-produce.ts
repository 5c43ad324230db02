import type { RequestHead } from '../wire/headers.ts';
import { denyProduce } from './acls/deny-produce.ts';
import { bytesOf } from './byte-source.ts';
import { FrameReader } from './frame-reader.ts';
import type { NodeContext } from './node-context.ts';
import { producedTopics } from './produced-topics.ts';
import type { Surroundings } from './rewrite/rewriter.ts';
import { swallowProduceRequest, type ProduceHead } from './splice/produce-request.ts';
import { FIRST_PRODUCE_BY_ID } from './splice/produce-request-by-id.ts';

/** A Produce request that was kept whole: to be read once more, when all of it may go to this broker, or refused. */
export type JudgedProduce =
  | { readonly kind: 'fits'; readonly body: FrameReader }
  /** Without an answer: "not the leader". */
  | { readonly kind: 'refused'; readonly asked: ProduceHead; readonly answer: Buffer | undefined };

/** Whether a request must be kept whole and judged before any of it goes on. */
export function mustBeJudged({ isSettling }: Pick<NodeContext, 'isSettling'>, { access }: Surroundings): boolean {
  return isSettling || access?.user.can !== undefined;
}

/** Judges the rest of a Produce request (`bytes`, what `reader` has left) by the ACLs of its user and by who leads its partitions. */
export async function judgeProduce(head: RequestHead, bytes: Buffer, flexible: boolean, nodeId: number, node: Pick<NodeContext, 'isSettling' | 'mayProduce'>, around: Surroundings): Promise<JudgedProduce> {
  const again = (): FrameReader => new FrameReader(bytesOf(bytes), bytes.length, flexible, 'Produce');
  const asked = await swallowProduceRequest(again(), head.apiVersion >= FIRST_PRODUCE_BY_ID);
  const answer = await denyProduce(head, asked, around);
  if (answer === undefined && (!node.isSettling || node.mayProduce(nodeId, await producedTopics(asked, around)))) return { kind: 'fits', body: again() };
  return { kind: 'refused', asked, answer };
}
