import { openStateLog } from '../../arbiter/state-log.ts';
import type { ClusterAccess } from '../../config/cluster-access.ts';
import { openKafkaClient, type KafkaClient } from '../../client/kafka-client.ts';
import { electLeaders } from './elect-leaders.ts';
import { examineCluster } from './examine-cluster.ts';
import { fetchRanges } from './fetch-ranges.ts';
import { fingerprint } from './fingerprint.ts';
import { lastFingerprints } from './last-fingerprints.ts';
import { commitGroupOffsets, deleteGroupOffsets, readActiveGroups, readGroupOffsets } from './group-offsets.ts';
import { EARLIEST, LATEST, type Isolation, type OffsetQuery } from '../../client/list-offsets.ts';
import { partitionKey, type DataRecord, type KafkaCluster, type RecordFingerprint, type TopicPartition } from '../../ports/kafka-cluster.ts';
import { GwctlError } from '../../shared/errors.ts';
import type { Cluster } from '../../topology/topology.ts';
import { ERROR, errorName } from '../../wire/error-codes.ts';
import { describeConfigsApi } from '../../wire/generated/describe-configs.ts';

const REQUEST_TIMEOUT_MS = 10_000;
const GONE_AFTER_MS = 1500;
/** What is asked for in one fetch where few records are wanted; a broker answers with a whole batch at least. */
const BYTES_PER_OFFSET = 4096;
const TOPIC_RESOURCE = 2;
/** ConfigSource of a value that was set on the topic. */
const SET_ON_TOPIC = 1;
/** Transaction markers that are looked past at first. */
const MARGIN = 16n;

/** A cluster over the Kafka protocol. Connects when first asked; `close` ends all connections. */
export function openKafkaCluster(cluster: Cluster, access: ClusterAccess = {}, clientId = 'gwctl'): KafkaCluster {
  const client = openKafkaClient({ bootstrap: cluster.brokers.map(({ host, port }) => ({ host, port })), clientId, ...access, requestTimeoutMs: REQUEST_TIMEOUT_MS });
  const offsets = (partitions: readonly TopicPartition[], timestamp: bigint): Promise<Map<string, bigint>> => listOffsets(client, cluster.name, partitions, timestamp);

  const readRecords = async (partition: TopicPartition, from: bigint, limit: number, until?: bigint): Promise<DataRecord[]> => {
    const key = partitionKey(partition);
    const first = (await offsets([partition], EARLIEST)).get(key) ?? 0n;
    const end = until ?? (await offsets([partition], LATEST)).get(key) ?? 0n;
    const start = from > first ? from : first;
    const records: DataRecord[] = [];
    if (start >= end || limit < 1) return records;
    for await (const { offset, timestamp, key: recordKey, value } of client.readRecords(partition.topic, partition.partition, start, { isolation: 'read_committed', until: end })) {
      // Copies: the fetched buffer may be large, and what is kept is not.
      records.push({ offset, timestamp, key: copy(recordKey), value: copy(value) });
      if (records.length >= limit) break;
    }
    return records;
  };

  /** Markers and aborted records may stand between and behind them: look back further each time. */
  const lastRecords = async (partition: TopicPartition, count: number): Promise<DataRecord[]> => {
    if (count < 1) return [];
    const key = partitionKey(partition);
    const end = (await offsets([partition], LATEST)).get(key) ?? 0n;
    const first = (await offsets([partition], EARLIEST)).get(key) ?? 0n;
    for (let window = BigInt(count) * 2n + MARGIN; ; window *= 4n) {
      const from = end - window > first ? end - window : first;
      const found = await readRecords(partition, from, Number.MAX_SAFE_INTEGER, end);
      if (found.length >= count || from === first) return found.slice(-count);
    }
  };

  return {
    name: cluster.name,
    stateLog: openStateLog(client),
    describe: async () => {
      const { clusterId, controllerId, brokers, topics } = await client.metadata();
      return {
        clusterId: clusterId ?? '',
        controllerId,
        brokers: brokers.map(({ id }) => id).sort((a, b) => a - b),
        topics: topics.map(({ name, internal, partitions }) => ({
          name,
          internal,
          partitions: partitions.map(({ index, leader, replicas, isr }) => ({ index, leader, replicas, inSync: isr })).sort((a, b) => a.index - b.index),
        })),
      };
    },
    examine: async () => await examineCluster(client),
    topicConfigs: async (topics) => {
      const configs = new Map<string, ReadonlyMap<string, string>>();
      if (topics.length === 0) return configs;
      const { results } = await client.send({ kind: 'any' }, describeConfigsApi, {
        resources: topics.map((resourceName) => ({ resourceType: TOPIC_RESOURCE, resourceName, configurationKeys: null })),
      });
      for (const { errorCode, resourceName, configs: entries } of results) {
        if (errorCode !== 0) continue; // a topic that is not there
        configs.set(resourceName, new Map(entries.filter(({ configSource }) => configSource === SET_ON_TOPIC).map(({ name, value }) => [name, value ?? ''])));
      }
      return configs;
    },
    startOffsets: async (partitions) => await offsets(partitions, EARLIEST),
    endOffsets: async (partitions) => await offsets(partitions, LATEST),
    highWatermarks: async (partitions) => await listOffsets(client, cluster.name, partitions, LATEST, 'read_uncommitted'),
    readRecords: async (partition, from, limit) => await readRecords(partition, from, limit),
    fingerprints: async ({ topic, partition }, from, until, limit) => {
      const found: RecordFingerprint[] = [];
      if (from >= until || limit < 1) return found;
      const maxBytes = Number(until - from < 1000n ? until - from : 1000n) * BYTES_PER_OFFSET;
      for await (const record of client.readRecords(topic, partition, from, { isolation: 'read_committed', until, maxBytes })) {
        found.push(fingerprint(record));
        if (found.length >= limit) break;
      }
      return found;
    },
    fingerprintsOf: async (ranges) => await fetchRanges(client, ranges),
    lastRecord: async (partition) => (await lastRecords(partition, 1)).at(-1),
    lastRecords,
    lastFingerprints: async (partitions) => {
      const [firsts, ends] = await Promise.all([offsets(partitions, EARLIEST), offsets(partitions, LATEST)]);
      const ranges = partitions.map((one) => ({ ...one, from: firsts.get(partitionKey(one)) ?? 0n, until: ends.get(partitionKey(one)) ?? 0n }));
      return await lastFingerprints(client, ranges, async (partition) => (await lastRecords(partition, 1)).map(fingerprint).at(-1));
    },
    groupOffsets: async ({ isFinal = false } = {}) => await readGroupOffsets(client, isFinal),
    activeGroups: async () => await readActiveGroups(client),
    commitGroupOffsets: async (wanted) => await commitGroupOffsets(client, wanted),
    deleteGroupOffsets: async (unwanted) => await deleteGroupOffsets(client, unwanted),
    electLeaders: async (wanted, signal) => await electLeaders(client, wanted, signal),
    readAll: async (topic) => {
      const { topics } = await client.metadata([topic]);
      const found = topics.find(({ name }) => name === topic);
      if (found === undefined || found.errorCode !== 0) throw new GwctlError('UNAVAILABLE', `topic ${topic} is not on ${cluster.name} (${errorName(found?.errorCode ?? 3)})`);
      const all: DataRecord[] = [];
      for (const { index } of found.partitions) all.push(...(await readRecords({ topic, partition: index }, 0n, Number.MAX_SAFE_INTEGER)));
      return all;
    },
    close: async () => client.close(),
  };
}

/** A topic that was deleted meanwhile is left out. A broker that has just got a topic does not know it for a moment, so that is asked for a while. */
async function listOffsets(client: KafkaClient, clusterName: string, partitions: readonly TopicPartition[], timestamp: bigint, isolation: Isolation = 'read_committed'): Promise<Map<string, bigint>> {
  if (partitions.length === 0) return new Map();
  const queries = partitions.map(({ topic, partition }): OffsetQuery => ({ topic, partition, timestamp, isolation }));
  // A broker that is too busy to answer at all in this time gets the usual one.
  const soon = await client.listOffsets(queries, { timeoutMs: GONE_AFTER_MS }).catch(() => []);
  const missing = soon.every(({ errorCode }) => errorCode === 0) ? new Set() : await missingTopics(client, partitions);
  const open = queries.filter(({ topic }, index) => soon[index]?.errorCode !== 0 && !missing.has(topic));
  const answers = [...soon.filter(({ errorCode }) => errorCode === 0), ...(open.length === 0 ? [] : await client.listOffsets(open))];
  const failed = answers.find(({ errorCode }) => errorCode !== 0);
  if (failed !== undefined) throw new GwctlError('UNAVAILABLE', `offsets of ${partitionKey(failed)} on ${clusterName}: ${errorName(failed.errorCode)}`);
  return new Map(answers.map((answer) => [partitionKey(answer), answer.offset]));
}

async function missingTopics(client: KafkaClient, partitions: readonly TopicPartition[]): Promise<Set<string>> {
  const { topics } = await client.metadata([...new Set(partitions.map(({ topic }) => topic))]);
  return new Set(topics.filter(({ errorCode }) => errorCode === ERROR.UNKNOWN_TOPIC_OR_PARTITION).map(({ name }) => name));
}

function copy(bytes: Buffer | null): Buffer | null {
  return bytes === null ? null : Buffer.from(bytes);
}
