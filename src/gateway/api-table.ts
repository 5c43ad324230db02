import { GwctlError } from '../shared/errors.ts';
import { APIS } from '../wire/generated/apis.ts';
import type { RequestHead } from '../wire/headers.ts';
import type { ApiDefinition } from '../wire/schema.ts';

/**
 * The one frozen table of what a client may ask (hazards D2, D3, H10): the same on every node, before and after every switch, whatever
 * the cluster behind it serves. What a broker is asked is what Kafka 3.9 and 4.x have in common, and never a version with topic ids: those
 * differ between clusters. A client may use the newer ones all the same; its ids are turned into names and back (D2). What is not here is
 * hidden: OffsetForLeaderEpoch (23, D1), DescribeTopicPartitions (75), share and streams groups (76–79, 88–92), telemetry, delegation
 * tokens, quotas, SCRAM, quorum and reassignment.
 */
export interface ApiRule {
  readonly key: number;
  readonly min: number;
  readonly max: number;
  /** A client's newer version is spoken to the broker as this one; the same as `max` for most. */
  readonly brokerMax: number;
  /** What it does to the cluster's data: a write is held while a switch is under way and awaited by a drain. */
  readonly effect: 'read' | 'write';
}

const read = (key: number, min: number, max: number, brokerMax = max): ApiRule => ({ key, min, max, brokerMax, effect: 'read' });
const write = (key: number, min: number, max: number, brokerMax = max): ApiRule => ({ key, min, max, brokerMax, effect: 'write' });

export const API = {
  produce: 0,
  fetch: 1,
  listOffsets: 2,
  metadata: 3,
  offsetCommit: 8,
  offsetFetch: 9,
  findCoordinator: 10,
  joinGroup: 11,
  heartbeat: 12,
  leaveGroup: 13,
  syncGroup: 14,
  describeGroups: 15,
  saslHandshake: 17,
  apiVersions: 18,
  createTopics: 19,
  deleteTopics: 20,
  initProducerId: 22,
  addPartitionsToTxn: 24,
  addOffsetsToTxn: 25,
  endTxn: 26,
  txnOffsetCommit: 28,
  describeAcls: 29,
  createAcls: 30,
  deleteAcls: 31,
  describeConfigs: 32,
  alterConfigs: 33,
  saslAuthenticate: 36,
  electLeaders: 43,
  incrementalAlterConfigs: 44,
  describeCluster: 60,
  consumerGroupHeartbeat: 68,
  consumerGroupDescribe: 69,
  listConfigResources: 74,
} as const;

const RULES: readonly ApiRule[] = [
  // Version 12 may add partitions to a transaction by itself (KIP-890), but no client does so without the feature transaction.version 2, which
  // is not shown (see answerApiVersions): towards the broker 11 says the same.
  write(API.produce, 3, 13, 11),
  read(API.fetch, 4, 17, 12),
  read(API.listOffsets, 1, 9),
  read(API.metadata, 0, 13, 9),
  // Offset commits and group membership stay open until the flip: a consumer that commits just before it re-reads nothing after it.
  read(API.offsetCommit, 2, 10, 9),
  read(API.offsetFetch, 1, 10, 9),
  read(API.findCoordinator, 0, 5),
  read(API.joinGroup, 2, 9),
  read(API.heartbeat, 0, 4),
  read(API.leaveGroup, 0, 5),
  read(API.syncGroup, 0, 5),
  read(API.describeGroups, 0, 5),
  read(16, 0, 5), // ListGroups
  read(API.saslHandshake, 0, 1),
  read(API.apiVersions, 0, 4),
  write(API.createTopics, 2, 7, 6),
  write(API.deleteTopics, 1, 6, 5),
  write(21, 0, 2), // DeleteRecords
  write(API.initProducerId, 0, 5),
  write(API.addPartitionsToTxn, 0, 3),
  write(API.addOffsetsToTxn, 0, 4),
  write(API.endTxn, 0, 4),
  write(API.txnOffsetCommit, 0, 4),
  read(API.describeAcls, 1, 3),
  write(API.createAcls, 1, 3),
  write(API.deleteAcls, 1, 3),
  read(API.describeConfigs, 1, 4),
  write(API.alterConfigs, 0, 2),
  read(35, 1, 4), // DescribeLogDirs
  read(API.saslAuthenticate, 0, 2),
  write(37, 0, 3), // CreatePartitions
  write(42, 0, 2), // DeleteGroups
  write(API.electLeaders, 0, 2),
  write(API.incrementalAlterConfigs, 0, 1),
  read(46, 0, 0), // ListPartitionReassignments
  write(47, 0, 0), // OffsetDelete
  read(API.describeCluster, 0, 1),
  read(61, 0, 0), // DescribeProducers
  read(65, 0, 0), // DescribeTransactions
  read(66, 0, 1), // ListTransactions
  read(API.listConfigResources, 0, 0),
];

/** KIP-848's consumer groups, which Kafka 4.0 and newer have. */
const NEW_GROUP_RULES: readonly ApiRule[] = [read(API.consumerGroupHeartbeat, 0, 1), read(API.consumerGroupDescribe, 0, 1)];

export type ApiTable = ReadonlyMap<number, ApiRule>;

/** The table where every cluster is Kafka 4.0 or newer. */
export const API_TABLE: ApiTable = tableOf([...RULES, ...NEW_GROUP_RULES]);

/** The table for clusters of these versions: the topology's words and not the brokers', so that no node and no switch changes it (D3). */
export function apiTableFor(kafkaVersions: readonly string[]): ApiTable {
  return kafkaVersions.every((version) => Number.parseInt(version, 10) >= 4) ? API_TABLE : tableOf(RULES);
}

/** What a request asks for. Throws PROTOCOL when it is not served, or not in that version. */
export function servedApi({ apiKey, apiVersion }: Pick<RequestHead, 'apiKey' | 'apiVersion'>, table: ApiTable): { readonly rule: ApiRule; readonly api: ApiDefinition } {
  const rule = table.get(apiKey);
  const api = APIS.get(apiKey);
  if (rule === undefined || api === undefined) throw new GwctlError('PROTOCOL', `api ${apiKey} (version ${apiVersion}) is not served`);
  if (apiVersion < rule.min || apiVersion > rule.max) throw new GwctlError('PROTOCOL', `${api.name} version ${apiVersion} is not served (allowed: ${rule.min} to ${rule.max})`);
  return { rule, api };
}

function tableOf(rules: readonly ApiRule[]): ApiTable {
  return new Map(rules.map((rule) => [rule.key, rule]));
}

/** The version in which a broker is asked what a client asked in `version`. */
export function brokerVersionOf(key: number, version: number): number {
  return Math.min(version, API_TABLE.get(key)?.brokerMax ?? version);
}

/** The rows of an ApiVersions answer. Produce is shown from version 0: librdkafka takes a higher minimum for an ancient broker (KAFKA-18659). */
export function advertisedApis(table: ApiTable): { apiKey: number; minVersion: number; maxVersion: number }[] {
  return [...table.values()].map(({ key, min, max }) => ({ apiKey: key, minVersion: key === API.produce ? 0 : min, maxVersion: max }));
}

/** Why a cluster whose brokers serve `served` cannot stand behind this table, or [] when it can. SASL is the gateway's own. */
export function missingApis(table: ApiTable, served: ReadonlyMap<number, { readonly min: number; readonly max: number }>): string[] {
  return neededApis(table).flatMap(({ key, min, max }) => {
    const range = served.get(key);
    if (range === undefined) return [`api ${key} is not served`];
    return range.max < max || range.min > min ? [`api ${key} is served ${range.min}–${range.max}, needed ${min}–${max}`] : [];
  });
}

/** What every broker behind this table must serve. SASL is the gateway's own. */
export function neededApis(table: ApiTable): { key: number; min: number; max: number }[] {
  const own: readonly number[] = [API.saslHandshake, API.saslAuthenticate, API.apiVersions];
  return [...table.values()].filter(({ key }) => !own.includes(key)).map(({ key, min, brokerMax }) => ({ key, min, max: brokerMax }));
}
