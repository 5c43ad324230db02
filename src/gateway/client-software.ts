import { decodeMessage } from '../wire/codec.ts';
import { apiVersionsRequest } from '../wire/generated/api-versions.ts';
import type { RequestHead } from '../wire/headers.ts';

/** What a client says of itself (KIP-511); '' where it does not say it. */
export interface ClientSoftware {
  readonly name: string;
  readonly version: string;
}

export const UNKNOWN_SOFTWARE: ClientSoftware = { name: '', version: '' };

const FIRST_VERSION_WITH_NAME = 3;

/** From an ApiVersions request. What cannot be read is no reason to refuse a client. */
export function readClientSoftware(head: RequestHead, frame: Buffer): ClientSoftware {
  if (head.apiVersion < FIRST_VERSION_WITH_NAME || head.apiVersion > apiVersionsRequest.validVersions[1]) return UNKNOWN_SOFTWARE;
  try {
    const { clientSoftwareName, clientSoftwareVersion } = decodeMessage(apiVersionsRequest, head.apiVersion, frame, head.bodyStart);
    return { name: clientSoftwareName, version: clientSoftwareVersion };
  } catch {
    return UNKNOWN_SOFTWARE;
  }
}

/** Kafka's own Java client from 4.0 on: the only one for which INVALID_PRODUCER_ID_MAPPING is the end (hazard H4). */
export function endsOnUnknownTransaction({ name, version }: ClientSoftware): boolean {
  return name === 'apache-kafka-java' && Number.parseInt(version, 10) >= 4;
}

/** franz-go and @platformatic/kafka do not commit when they are told of a rebalance: what their timer has not committed is read again. */
export function commitsByTimerOnly({ name }: ClientSoftware): boolean {
  return name === FRANZ_GO || name === PLATFORMATIC;
}

/** franz-go goes on reading from where it was while it joins again, and keeps its position when it is assigned the same partitions. */
export function keepsPartitionsWhileJoining({ name }: ClientSoftware): boolean {
  return name === FRANZ_GO;
}

const FRANZ_GO = 'kgo';
const PLATFORMATIC = 'platformatic-kafka';
