import fc from 'fast-check';
import { API } from '../../../src/gateway/api-table.ts';
import { TenantNames } from '../../../src/gateway/tenants/tenant-names.ts';
import { writeVersioned } from '../../../src/wire/consumer-protocol.ts';
import { consumerProtocolAssignment } from '../../../src/wire/generated/consumer-protocol-assignment.ts';
import { consumerProtocolSubscription } from '../../../src/wire/generated/consumer-protocol-subscription.ts';
import { newMessage } from '../../../src/wire/new-message.ts';
import { isArray, ZERO_UUID, type ApiDefinition, type FieldSchema, type Message } from '../../../src/wire/schema.ts';
import { arbitraryMessage } from '../../unit/wire/arbitrary-message.ts';
import { forEachField } from '../schema-walk.ts';

const uuidOf = (text: string): string => Buffer.from(text.padEnd(16).slice(0, 16)).toString('base64url');

/** The virtual cluster whose client is served, and another one. */
export const OWN = 'teamA';
export const OTHER = 'teamB';
/** A topic of it that is mapped to a name without the prefix. */
export const MAPPED = { virtual: 'tenant-topic-mapped', physical: 'legacy.backend.topic' };
/** The cluster behind. */
export const BACKEND = { host: 'backend-host.internal', clusterId: 'backend-cluster-id' };

export const TOPICS: ReadonlyMap<string, string> = new Map([`${OWN}tenant-topic-1`, `${OWN}tenant-topic-2`, MAPPED.physical, `${OTHER}tenant-topic-1`, '_topicMappings'].map((name, index) => [name, uuidOf(`real id ${index}`)]));
/** What a client of the other tenant has for its topic. */
export const FOREIGN_ID = new TenantNames(OTHER).topicIds.idOf('tenant-topic-1');

type Names = Readonly<Record<'topicName' | 'groupId' | 'transactionalId', readonly string[]>>;

/** As a broker names things: this tenant's, mapped ones, another tenant's, the gateway's own. */
const PHYSICAL: Names = {
  topicName: [...TOPICS.keys()],
  groupId: [`${OWN}tenant-group-1`, `${OTHER}tenant-group-1`, 'connect-mirror'],
  transactionalId: [`${OWN}tenant-txn-1`, `${OTHER}tenant-txn-1`],
};
const PHYSICAL_OWN: Names = { topicName: [`${OWN}tenant-topic-1`, `${OWN}tenant-topic-2`, MAPPED.physical], groupId: [`${OWN}tenant-group-1`], transactionalId: [`${OWN}tenant-txn-1`] };
/** As a client names things, also to reach what is not its own. */
const VIRTUAL: Names = {
  topicName: ['tenant-topic-1', 'tenant-topic-2', MAPPED.virtual, `${OTHER}tenant-topic-1`],
  groupId: ['tenant-group-1', `${OTHER}tenant-group-1`],
  transactionalId: ['tenant-txn-1', `${OTHER}tenant-txn-1`],
};
const CONSUMER = 'consumer';

/** Any answer of a broker to a client of OWN, whatever the client asked. A Fetch answer may name only what was asked: else the connection ends. */
export function brokerAnswers(api: ApiDefinition, brokerVersion: number): fc.Arbitrary<Message> {
  return decorated(api, 'response', brokerVersion, api.key === API.fetch ? PHYSICAL_OWN : PHYSICAL, [...TOPICS.values()]);
}

/** Any request of a client of OWN, ids of nobody's and of other tenants among them. */
export function clientRequests(api: ApiDefinition, version: number): fc.Arbitrary<Message> {
  const own = new TenantNames(OWN).topicIds;
  return decorated(api, 'request', version, VIRTUAL, [...VIRTUAL.topicName.slice(0, 3).map((name) => own.idOf(name)), FOREIGN_ID, TOPICS.get(`${OTHER}tenant-topic-1`) ?? '']);
}

function decorated(api: ApiDefinition, direction: 'request' | 'response', version: number, names: Names, ids: readonly string[]): fc.Arbitrary<Message> {
  return fc.tuple(arbitraryMessage(api[direction], version), fc.infiniteStream(fc.nat({ max: 1000 }))).map(([message, choices]) => {
    const pick = <T>(from: readonly T[]): T => from[(choices.next().value ?? 0) % from.length] as T;
    // What later fields depend on: the type of the group, or of the resource.
    const seen: Message = {};
    forEachField(api[direction], version, message, (field, owner, path) => {
      const value = owner[field.name];
      const choose = (): unknown => (path.includes('synonyms') ? undefined : valueFor(api.key, direction, field, seen, names, ids, pick));
      const named = choose();
      if (named !== undefined && value !== null) owner[field.name] = isArray(field.type) ? (value as unknown[]).map(choose) : named;
      seen[field.name] = owner[field.name];
    });
    return message;
  });
}

/** undefined: the field is left to chance. */
function valueFor(key: number, direction: string, { name, type, entityType }: FieldSchema, seen: Message, names: Names, ids: readonly string[], pick: <T>(from: readonly T[]) => T): unknown {
  if (entityType === 'topicName' || entityType === 'groupId' || entityType === 'transactionalId') return pick(names[entityType]);
  const isAcl = key === API.describeAcls || key === API.createAcls || key === API.deleteAcls;
  switch (name) {
    case 'topicId':
      return pick([...ids, ZERO_UUID]);
    case 'host':
      return isAcl ? undefined : BACKEND.host;
    case 'clusterId':
      return BACKEND.clusterId;
    case 'errorMessage': case 'batchIndexErrorMessage':
      return direction === 'response' ? `about ${pick(PHYSICAL_OWN.topicName)}-0 and ${pick(PHYSICAL_OWN.groupId)}` : undefined;
    case 'resourceType':
      return isAcl ? undefined : pick([2, 2, 4, 32]);
    case 'resourceName':
      return isAcl ? undefined : seen['resourceType'] === 2 ? pick(names.topicName) : seen['resourceType'] === 32 ? pick(names.groupId) : '1';
    case 'key': case 'coordinatorKeys':
      return key === API.findCoordinator ? pick(direction === 'request' ? [...names.groupId, ...names.transactionalId] : [...PHYSICAL_OWN.groupId, ...PHYSICAL_OWN.transactionalId]) : undefined;
    case 'protocolType':
      return pick([CONSUMER, CONSUMER, 'connect']);
    case 'metadata': case 'memberMetadata': case 'assignment': case 'memberAssignment':
      if (type !== 'bytes' || (seen['protocolType'] ?? CONSUMER) !== CONSUMER) return undefined;
      return pick([Buffer.alloc(0), name === 'metadata' || name === 'memberMetadata' ? subscriptionOf(pick(names.topicName)) : assignmentOf(pick(names.topicName))]);
    case 'subscribedTopicRegex':
      return direction === 'request' ? pick(['.*', 'tenant-topic-.*', 'a)|(?:.*', '']) : pick([`\\Q${OWN}\\E(?:.*)`, '']);
    case 'value':
      return seen['name'] === 'advertised.listeners' ? `PLAINTEXT://${BACKEND.host}:9092` : undefined;
    default:
      return name === 'name' && key === API.describeConfigs && direction === 'response' ? pick(seen['resourceType'] === 4 ? ['advertised.listeners', 'message.max.bytes'] : ['retention.ms']) : undefined;
  }
}

function subscriptionOf(topic: string): Buffer {
  return writeVersioned(consumerProtocolSubscription, { version: 1, rest: Buffer.alloc(0), value: newMessage(consumerProtocolSubscription, { topics: [topic], ownedPartitions: [{ topic, partitions: [0] }] }) });
}

function assignmentOf(topic: string): Buffer {
  return writeVersioned(consumerProtocolAssignment, { version: 0, rest: Buffer.alloc(0), value: newMessage(consumerProtocolAssignment, { assignedPartitions: [{ topic, partitions: [0] }] }) });
}
