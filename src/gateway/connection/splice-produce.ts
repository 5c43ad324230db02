import type { RequestHead } from '../../wire/headers.ts';
import { answerProduceUnknown } from '../answers/local-answers.ts';
import type { Emit } from '../bytes/byte-source.ts';
import type { FrameReader } from '../bytes/frame-reader.ts';
import { after, type Soon } from '../bytes/soon.ts';
import { nameOfProduced } from '../rewrite/produced-topics.ts';
import type { Surroundings } from '../rewrite/rewriter.ts';
import type { OnBatch } from '../splice/batch-head.ts';
import { FIRST_PRODUCE_BY_ID, spliceProduceRequestById, type UnknownTopic } from '../splice/produce-request-by-id.ts';
import { spliceProduceRequest } from '../splice/produce-request.ts';

/**
 * Forwards a Produce request in the way that its version needs. Ids that are no topic's are added to `unknown`.
 *
 * @returns the gateway's own answer, when there was nothing to forward and the client waits for one
 */
export function spliceProduce(
  head: RequestHead, reader: FrameReader, header: Buffer, around: Surroundings, unknown: UnknownTopic[], onAcks: (acks: number) => void, to: Emit, onBatch: OnBatch = () => {},
): Soon<Buffer | undefined> {
  const { names } = around;
  if (head.apiVersion < FIRST_PRODUCE_BY_ID) return after(spliceProduceRequest(reader, header, names, onAcks, to, onBatch), () => undefined);
  return after(spliceProduceRequestById(reader, header, names, (id) => nameOfProduced(id, around), unknown, onAcks, to, onBatch), ({ acks, sent }) =>
    sent === 'nothing' && acks !== 0 ? answerProduceUnknown(head.correlationId, head.apiVersion, unknown) : undefined,
  );
}
