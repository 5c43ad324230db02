import { ERROR } from '../../wire/error-codes.ts';
import type { CreateTopicsRequest, CreateTopicsResponse } from '../../wire/generated/create-topics.ts';
import type { DeleteTopicsRequest, DeleteTopicsResponse } from '../../wire/generated/delete-topics.ts';
import type { TenantNames, TopicAlias } from './tenant-names.ts';

export const TOPIC_MAPPINGS = '_topicMappings';

/** One topic of a virtual cluster, in the seed's record shape. The record's key is the virtual cluster, its value all of its topics by name. */
export interface TopicMapping {
  clusterId: string;
  name: string;
  isConcentrated: boolean;
  compactedName: string;
  isCompacted: boolean;
  compactedAndDeletedName: string;
  isCompactedAndDeleted: boolean;
  /** Year, month, day, hour, minute, second, millisecond; UTC. */
  createdAt: number[];
  isDeleted: boolean;
  configuration: { numPartitions: number; replicationFactor: number; properties: Record<string, string> };
  isVirtual: boolean;
}

/** So many that were deleted are still named; what is not named any more has the name by the prefix rule, as a deleted one. */
const KEPT_DELETED = 100;

export type TopicMappings = Record<string, TopicMapping>;

/** The names that a virtual cluster's mappings give; a deleted topic's falls back to the prefix rule. */
export function aliasesOf(mappings: TopicMappings | undefined): TopicAlias[] {
  return Object.entries(mappings ?? {}).flatMap(([virtual, mapping]) => (isAlive(mapping) ? [{ virtual, physical: mapping.name }] : []));
}

function isAlive(mapping: TopicMapping): boolean {
  return typeof mapping?.name === 'string' && mapping.name !== '' && mapping.isDeleted !== true;
}

/**
 * The mappings after a CreateTopics; undefined when nothing changes. Names are physical on both sides: this runs between the broker's
 * answer and the client's. A topic that existed already gets its mapping, too: the node that created it may have died before it wrote one.
 */
export function withCreatedTopics(
  current: TopicMappings | undefined,
  request: CreateTopicsRequest,
  response: CreateTopicsResponse,
  names: TenantNames,
  clusterName: string,
  now: Date,
): TopicMappings | undefined {
  if (request.validateOnly) return undefined;
  const next: TopicMappings = { ...current };
  let changed = false;
  for (const result of response.topics) {
    if (result.errorCode !== ERROR.NONE && result.errorCode !== ERROR.TOPIC_ALREADY_EXISTS) continue;
    const virtual = names.topicToVirtual(result.name);
    const asked = request.topics.find(({ name }) => name === result.name);
    const known = virtual === undefined ? undefined : next[virtual];
    if (virtual === undefined || asked === undefined || (known !== undefined && isAlive(known))) continue;
    next[virtual] = createMapping(result.name, clusterName, now, {
      numPartitions: result.numPartitions > 0 ? result.numPartitions : Math.max(asked.numPartitions, asked.assignments.length),
      replicationFactor: result.replicationFactor > 0 ? result.replicationFactor : asked.replicationFactor,
      properties: Object.fromEntries(asked.configs.map(({ name, value }) => [name, value ?? ''])),
    });
    changed = true;
  }
  return changed ? next : undefined;
}

/** The mappings after a DeleteTopics; undefined when nothing changes. */
export function withDeletedTopics(
  current: TopicMappings | undefined,
  request: DeleteTopicsRequest,
  response: DeleteTopicsResponse,
  names: TenantNames,
): TopicMappings | undefined {
  const next: TopicMappings = { ...current };
  let changed = false;
  for (const result of response.responses) {
    if (result.errorCode !== ERROR.NONE && result.errorCode !== ERROR.UNKNOWN_TOPIC_OR_PARTITION) continue;
    if (result.name === null || !request.topicNames.includes(result.name)) continue;
    const virtual = names.topicToVirtual(result.name);
    const known = virtual === undefined ? undefined : next[virtual];
    if (virtual === undefined || known === undefined || !isAlive(known)) continue;
    next[virtual] = { ...known, isDeleted: true };
    changed = true;
  }
  return changed ? withoutOldest(next) : undefined;
}

/** Topics come and go, and one record holds them all: brokers take a record of 1 MiB, which is some 2,500 topics. */
function withoutOldest(mappings: TopicMappings): TopicMappings {
  const deleted = Object.keys(mappings).filter((virtual) => mappings[virtual]?.isDeleted === true);
  const forgotten = new Set(deleted.slice(0, -KEPT_DELETED));
  return Object.fromEntries(Object.entries(mappings).filter(([virtual]) => !forgotten.has(virtual)));
}

function createMapping(name: string, clusterId: string, now: Date, configuration: TopicMapping['configuration']): TopicMapping {
  return {
    clusterId,
    name,
    isConcentrated: false,
    compactedName: name,
    isCompacted: false,
    compactedAndDeletedName: name,
    isCompactedAndDeleted: false,
    createdAt: [now.getUTCFullYear(), now.getUTCMonth() + 1, now.getUTCDate(), now.getUTCHours(), now.getUTCMinutes(), now.getUTCSeconds(), now.getUTCMilliseconds()],
    isDeleted: false,
    configuration,
    isVirtual: false,
  };
}
