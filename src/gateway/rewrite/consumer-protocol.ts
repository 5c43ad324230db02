import { GwctlError } from '../../shared/errors.ts';
import { readVersioned, writeVersioned } from '../../wire/consumer-protocol.ts';
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
  return unlessOther(bytes, () => {
    const message = readVersioned(consumerProtocolSubscription, bytes);
    const { value } = message;
    value.topics = value.topics.flatMap((topic) => map(topic) ?? []);
    value.ownedPartitions = value.ownedPartitions.flatMap((owned) => renamed(owned, map));
    return writeVersioned(consumerProtocolSubscription, message);
  });
}

/** The same for what a group's leader assigns to a member. */
export function rewriteAssignment(bytes: Buffer, map: MapTopic): Buffer {
  return unlessOther(bytes, () => {
    const message = readVersioned(consumerProtocolAssignment, bytes);
    const { value } = message;
    value.assignedPartitions = value.assignedPartitions.flatMap((assigned) => renamed(assigned, map));
    return writeVersioned(consumerProtocolAssignment, message);
  });
}

/** A broker keeps a whole group in one record of 1 MiB, unless it is told otherwise. Decoded, a byte of it can take fifty. */
const MAX_BYTES = 4 << 20;

/** A member without an assignment has no bytes at all. */
function unlessOther(bytes: Buffer, rewrite: () => Buffer): Buffer {
  if (bytes.length > MAX_BYTES) throw new GwctlError('PROTOCOL', `a member's subscription or assignment of ${bytes.length} bytes (allowed: ${MAX_BYTES})`);
  try {
    return bytes.length === 0 ? bytes : rewrite();
  } catch {
    return bytes;
  }
}

function renamed<T extends { topic: string }>(entry: T, map: MapTopic): T[] {
  const topic = map(entry.topic);
  return topic === undefined ? [] : [{ ...entry, topic }];
}
