/**
 * The one frozen table of what a client may ask (hazards D2, D3, H10): the same on every node, before and after every switch, whatever
 * the cluster behind it serves. Each range is what Kafka 3.9 and 4.x brokers have in common, lowered where a newer version would show a
 * topic id (D2) or a leader epoch. What is not here is hidden: topic ids (68, 69, 75–79, 88–92), OffsetForLeaderEpoch (23, D1),
 * telemetry, delegation tokens, quotas, SCRAM, quorum and reassignment.
 */
export interface ApiRule {
  readonly key: number;
  readonly min: number;
  readonly max: number;
  /** What it does to the cluster's data: a write is held while a switch is under way and awaited by a drain. */
  readonly effect: 'read' | 'write';
}

const read = (key: number, min: number, max: number): ApiRule => ({ key, min, max, effect: 'read' });
const write = (key: number, min: number, max: number): ApiRule => ({ key, min, max, effect: 'write' });

export const API = {
  produce: 0,
  fetch: 1,
  listOffsets: 2,
  metadata: 3,
  offsetCommit: 8,
  offsetFetch: 9,
  findCoordinator: 10,
  joinGroup: 11,
  syncGroup: 14,
  describeGroups: 15,
  saslHandshake: 17,
  apiVersions: 18,
  createTopics: 19,
  deleteTopics: 20,
  initProducerId: 22,
  describeAcls: 29,
  createAcls: 30,
  deleteAcls: 31,
  describeConfigs: 32,
  alterConfigs: 33,
  saslAuthenticate: 36,
  electLeaders: 43,
  incrementalAlterConfigs: 44,
  describeCluster: 60,
  listConfigResources: 74,
} as const;

const RULES: readonly ApiRule[] = [
  write(API.produce, 3, 11),
  read(API.fetch, 4, 12),
  read(API.listOffsets, 1, 9),
  read(API.metadata, 0, 9),
  // Offset commits and group membership stay open until the flip: a consumer that commits just before it re-reads nothing after it.
  read(API.offsetCommit, 2, 9),
  read(API.offsetFetch, 1, 9),
  read(API.findCoordinator, 0, 5),
  read(API.joinGroup, 2, 9),
  read(12, 0, 4), // Heartbeat
  read(13, 0, 5), // LeaveGroup
  read(API.syncGroup, 0, 5),
  read(API.describeGroups, 0, 5),
  read(16, 0, 5), // ListGroups
  read(API.saslHandshake, 0, 1),
  read(API.apiVersions, 0, 4),
  write(API.createTopics, 2, 6),
  write(API.deleteTopics, 1, 5),
  write(21, 0, 2), // DeleteRecords
  write(API.initProducerId, 0, 5),
  write(24, 0, 3), // AddPartitionsToTxn
  write(25, 0, 4), // AddOffsetsToTxn
  write(26, 0, 4), // EndTxn
  write(28, 0, 4), // TxnOffsetCommit
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

export const API_TABLE: ReadonlyMap<number, ApiRule> = new Map(RULES.map((rule) => [rule.key, rule]));

/** The rows of an ApiVersions answer. Produce is shown from version 0: librdkafka takes a higher minimum for an ancient broker (KAFKA-18659). */
export function advertisedApis(): { apiKey: number; minVersion: number; maxVersion: number }[] {
  return RULES.map(({ key, min, max }) => ({ apiKey: key, minVersion: key === API.produce ? 0 : min, maxVersion: max }));
}

/** Why a cluster whose brokers serve `served` cannot stand behind this table, or [] when it can. SASL is the gateway's own. */
export function missingApis(served: ReadonlyMap<number, { readonly min: number; readonly max: number }>): string[] {
  const own: readonly number[] = [API.saslHandshake, API.saslAuthenticate, API.apiVersions];
  return RULES.filter((rule) => !own.includes(rule.key)).flatMap((rule) => {
    const range = served.get(rule.key);
    if (range === undefined) return [`api ${rule.key} is not served`];
    if (range.max < rule.max || range.min > rule.min) return [`api ${rule.key} is served ${range.min}–${range.max}, needed ${rule.min}–${rule.max}`];
    return [];
  });
}
