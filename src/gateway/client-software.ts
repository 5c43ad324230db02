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
    return clientSoftwareName.length + clientSoftwareVersion.length > LONGEST ? UNKNOWN_SOFTWARE : { name: clientSoftwareName, version: clientSoftwareVersion };
  } catch {
    return UNKNOWN_SOFTWARE;
  }
}

const REMEMBERED = 10_000;
/** Clients say it before they log in: longer names are not remembered. */
const LONGEST = 500;

/** What clients have said of themselves, by address and client id: @platformatic/kafka says it on the first of its connections only. */
export class SoftwareMemory {
  readonly #known = new Map<string, ClientSoftware>();

  see(address: string | undefined, clientId: string | null, software: ClientSoftware): void {
    if (software.name === '' || (clientId ?? '').length > LONGEST) return;
    const key = keyOf(address, clientId);
    this.#known.delete(key);
    this.#known.set(key, software);
    const [oldest] = this.#known.keys();
    if (this.#known.size > REMEMBERED && oldest !== undefined) this.#known.delete(oldest);
  }

  of(address: string | undefined, clientId: string | null): ClientSoftware {
    return this.#known.get(keyOf(address, clientId)) ?? UNKNOWN_SOFTWARE;
  }
}

function keyOf(address: string | undefined, clientId: string | null): string {
  return `${address ?? ''} ${clientId ?? ''}`;
}

/** Kafka's own Java client from 4.0 on: the only one for which INVALID_PRODUCER_ID_MAPPING is the end (hazard H4). */
export function endsOnUnknownTransaction({ name, version }: ClientSoftware): boolean {
  return name === 'apache-kafka-java' && Number.parseInt(version, 10) >= 4;
}

/** franz-go and @platformatic/kafka do not commit when they are told of a rebalance: what their timer has not committed is read again. */
export function commitsByTimerOnly({ name }: ClientSoftware): boolean {
  return name === FRANZ_GO || name === PLATFORMATIC;
}

/** These go on reading from where they were while they join again, or, where they are assigned the same partitions, even after it. */
export function keepsPartitionsWhileJoining({ name }: ClientSoftware): boolean {
  return name === FRANZ_GO || name === PLATFORMATIC;
}

const FRANZ_GO = 'kgo';
const PLATFORMATIC = 'platformatic-kafka';
