import { decodeMessage, encodeMessage } from '../../wire/codec.ts';
import { consumerProtocolAssignment } from '../../wire/generated/consumer-protocol-assignment.ts';
import { consumerProtocolSubscription } from '../../wire/generated/consumer-protocol-subscription.ts';

type MapTopic = (name: string) => string | undefined;

/** The group protocol whose embedded bytes name topics; Connect's and others' are their own business. */
export const CONSUMER_PROTOCOL = 'consumer';

/**
 * Topic names inside a consumer's subscription (hazard D10). Brokers parse it, too: with names that they do not know they expire the
 * offsets of an active group. User data stays as the client's assignor wrote it. Bytes that are no subscription pass unchanged.
 */
export function rewriteSubscription(bytes: Buffer, map: MapTopic): Buffer {
  return rewriteVersioned(bytes, (version) => {
    const value = decodeMessage(consumerProtocolSubscription, version, bytes, 2);
    value.topics = value.topics.flatMap((topic) => map(topic) ?? []);
    value.ownedPartitions = value.ownedPartitions.flatMap((owned) => renamed(owned, map));
    return encodeMessage(consumerProtocolSubscription, version, value);
  });
}

/** The same for what a group's leader assigns to a member. */
export function rewriteAssignment(bytes: Buffer, map: MapTopic): Buffer {
  return rewriteVersioned(bytes, (version) => {
    const value = decodeMessage(consumerProtocolAssignment, version, bytes, 2);
    value.assignedPartitions = value.assignedPartitions.flatMap((assigned) => renamed(assigned, map));
    return encodeMessage(consumerProtocolAssignment, version, value);
  });
}

const HIGHEST_VERSION = consumerProtocolSubscription.validVersions[1];

function rewriteVersioned(bytes: Buffer, rewrite: (version: number) => Buffer): Buffer {
  if (bytes.length < 2) return bytes;
  const version = bytes.readInt16BE(0);
  if (version < 0 || version > HIGHEST_VERSION) return bytes;
  try {
    return Buffer.concat([bytes.subarray(0, 2), rewrite(version)]);
  } catch {
    return bytes;
  }
}

function renamed<T extends { topic: string }>(entry: T, map: MapTopic): T[] {
  const topic = map(entry.topic);
  return topic === undefined ? [] : [{ ...entry, topic }];
}
