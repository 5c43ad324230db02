import { API, brokerVersionOf } from '../api-table.ts';
import { encodeString } from '../bytes/frame-reader.ts';
import type { Exchange } from '../connection/exchange-queue.ts';
import { throttleTimeMs } from '../limits/connection-traffic.ts';
import { FIRST_PRODUCE_BY_ID } from '../splice/produce-request-by-id.ts';
import { plainProduceResponse } from '../splice/produce-response.ts';
import type { TenantNames } from '../tenants/tenant-names.ts';

/**
 * The client's answer to a Produce request, made without decoding the broker's; undefined: it has to be decoded. Acknowledgements are most of
 * what is answered while producers are busy, and in nearly all of them nothing but a name changes.
 */
export function answerPlainly({ apiVersion, charge, produced, isPlain }: Exchange, answer: Buffer, names: TenantNames): Buffer | undefined {
  if (isPlain?.() !== true) return undefined;
  const plain = plainProduceResponse(answer, brokerVersionOf(API.produce, apiVersion), charge === undefined ? 0 : throttleTimeMs(charge), (topic) => {
    const virtual = names.topicToVirtual(topic);
    if (virtual === undefined) return undefined;
    return apiVersion < FIRST_PRODUCE_BY_ID ? encodeString(virtual, true) : names.topicIds.bytesOf(virtual);
  });
  if (plain === undefined) return undefined;
  produced?.answered({ responses: [{ name: plain.topic, partitionResponses: plain.written }] });
  return plain.frame;
}
