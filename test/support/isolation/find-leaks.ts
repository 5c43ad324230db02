import type { TenantNames } from '../../../src/gateway/tenants/tenant-names.ts';
import { encodeMessage } from '../../../src/wire/codec.ts';
import { ZERO_UUID, type Message, type MessageSchema } from '../../../src/wire/schema.ts';
import { forEachField } from '../schema-walk.ts';
import { BACKEND, FOREIGN_ID, MAPPED, OTHER, OWN, TOPICS } from './tenant-messages.ts';

const EPOCHS = /^(leaderEpoch|currentLeaderEpoch|committedLeaderEpoch|lastFetchedEpoch|epoch)$/;
const OF_THE_CLUSTER = [OWN, OTHER, MAPPED.physical, '_topicMappings', BACKEND.host, BACKEND.clusterId];

/** What a frame for a client says of the cluster behind it and of other tenants, by its bytes and by its fields. */
export function leaksToClient(schema: MessageSchema<Message>, version: number, message: Message, names: TenantNames): string[] {
  const bytes = encodeMessage(schema, version, message);
  const leaks = OF_THE_CLUSTER.filter((text) => bytes.includes(text));
  for (const [topic, id] of TOPICS) if (bytes.includes(Buffer.from(id, 'base64url'))) leaks.push(`the id of ${topic}`);
  forEachField(schema, version, message, (field, owner, path) => {
    const value = owner[field.name];
    if (EPOCHS.test(field.name) && value !== -1) leaks.push(`${path}: ${String(value)}`);
    if (field.name === 'topicId' && value !== ZERO_UUID && value !== FOREIGN_ID && names.topicIds.nameOf(String(value)) === undefined) leaks.push(`${path}: ${String(value)}`);
  });
  return leaks;
}

/** What of a client's names reaches a broker as the client wrote it, ids that are not the cluster's, epochs, and what makes a client a replica. */
export function leaksToBroker(schema: MessageSchema<Message>, version: number, message: Message): string[] {
  const text = encodeMessage(schema, version, message).toString('latin1');
  const leaks = [...text.matchAll(new RegExp(`(?<!${OWN}|${OTHER})tenant-(?:topic|group|txn)-\\w+|(?<!${OWN})${OTHER}\\S{0,20}`, 'g'))].map(([found]) => found);
  const ids = new Set([...TOPICS].flatMap(([topic, id]) => (topic.startsWith(OWN) || topic === MAPPED.physical ? [id] : [])));
  forEachField(schema, version, message, (field, owner, path) => {
    const value = owner[field.name];
    if (EPOCHS.test(field.name) && value !== -1) leaks.push(`${path}: ${String(value)}`);
    if (field.name === 'topicId' && value !== ZERO_UUID && !ids.has(String(value))) leaks.push(`${path}: ${String(value)}`);
    if (field.name === 'replicaId' && value !== -1) leaks.push(`${path}: ${String(value)}`);
    if (field.name === 'subscribedTopicRegex' && typeof value === 'string' && value !== '' && !value.startsWith(`\\Q${OWN}\\E(?:`)) leaks.push(`${path}: ${value}`);
    if (field.name === 'allowAutoTopicCreation' && value !== false && version >= 4) leaks.push(`${path}: ${String(value)}`);
  });
  return leaks;
}
