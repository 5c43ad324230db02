import type { ClusterView, Details, LinkLag, Observation, PartitionLag, Seen } from '../../src/checks/observation.ts';
import { parseTopology } from '../../src/config/parse-topology.ts';
import type { ClusterDetails, TopicDescription } from '../../src/ports/kafka-cluster.ts';
import type { NodeState } from '../../src/shared/admin-api.ts';

export const AT = new Date('2026-11-24T03:00:00Z');

/** The built-in environment. */
export const TOPOLOGY = parseTopology('', { fileName: 'gwctl.yaml', portOffset: 0, baseDir: '/' });

export function nodeState(node: string, changes: Partial<NodeState> = {}): NodeState {
  return { node, phase: 'serving', generation: 1, active: 'main', run: null, isLost: false, connections: 0, heldWrites: 0, inFlightWrites: 0, startedAt: AT.toISOString(), ...changes };
}

export function topic(name: string, partitions = 1, changes: Partial<TopicDescription['partitions'][number]> = {}): TopicDescription {
  return { name, internal: false, partitions: Array.from({ length: partitions }, (_, index) => ({ index, leader: 1, replicas: [1, 2, 3], inSync: [1, 2, 3], ...changes })) };
}

export interface ClusterParts {
  readonly brokers?: readonly number[];
  readonly topics?: readonly TopicDescription[];
  readonly configs?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export function clusterView({ brokers = [1, 2, 3], topics = [topic('_topicMappings'), topic('teamAusers')], configs = {} }: ClusterParts = {}): Seen<ClusterView> {
  const perTopic = new Map(topics.map(({ name }) => [name, new Map(Object.entries(configs[name] ?? {}))]));
  return { ok: true, value: { description: { clusterId: 'x', controllerId: 1, brokers, topics }, configs: perTopic } };
}

export function clusterMap(main: Seen<ClusterView>, failover: Seen<ClusterView> = clusterView()): Observation['clusters'] {
  return new Map([['main', main], ['failover', failover]]);
}

export function partitionLag(name: string, changes: Partial<PartitionLag> = {}): PartitionLag {
  return { topic: name, partition: 0, sourceEnd: 10n, replicated: 9n, lagRecords: 0n, isExact: true, lastMissing: undefined, lagSeconds: 0, ...changes };
}

export function linkLag(...partitions: readonly PartitionLag[]): { ok: true; value: LinkLag } {
  return { ok: true, value: { link: 'main->failover', partitions: partitions.length > 0 ? partitions : [partitionLag('_topicMappings'), partitionLag('teamAusers')] } };
}

/** One API, which both clusters serve. */
const APIS = [{ key: 0, min: 3, max: 11 }];
const MEBIBYTE = 1_048_588;

export function clusterDetails(changes: Partial<ClusterDetails> = {}): Seen<ClusterDetails> {
  const clock = { shownMs: AT.getTime(), beforeMs: AT.getTime() - 1, afterMs: AT.getTime() + 1 };
  return { ok: true, value: { messageMaxBytes: MEBIBYTE, apis: new Map([1, 2, 3].map((id) => [id, new Map([[0, { min: 0, max: 13 }]])])), activeGroups: [], transactions: [], clock, ...changes } };
}

export function details(changes: Partial<Details> = {}): Details {
  const clients = ['gateway1', 'gateway2'].map((name) => ({ name, clients: { ok: true as const, value: { clients: [{ software: 'librdkafka', version: '2.16.0', connections: 2 }], apis: APIS } } }));
  return {
    clusters: new Map([['main', clusterDetails()], ['failover', clusterDetails()]]),
    clients,
    reached: ['gateway1', 'gateway2'].map((name) => ({ name, seen: { ok: true as const, value: undefined } })),
    groups: { ok: true, value: { groups: new Set(['teamAreaders']), positions: 1, missing: [], unread: [] } },
    bypassed: { ok: true, value: { partitions: 1, written: [] } },
    reverse: { ok: false, why: 'topic mm2-status.failover.internal is not on main' },
    ...changes,
  };
}

/** A world in which everything is as it should be; `changes` say what is not. */
export function observation(changes: Partial<Observation> = {}): Observation {
  const link = TOPOLOGY.links[0];
  const connectors = ['MirrorCheckpointConnector', 'MirrorSourceConnector', 'MirrorSourceConnector-0'].map((name) => ({ name, state: 'RUNNING', failure: undefined }));
  return {
    at: AT,
    topology: TOPOLOGY,
    nodes: ['gateway1', 'gateway2'].map((name) => ({ name, state: { ok: true, value: nodeState(name, { now: AT.toISOString() }) }, asked: { beforeMs: AT.getTime() - 1, afterMs: AT.getTime() + 1 } })),
    clusters: clusterMap(clusterView(), clusterView()),
    stateLogs: new Map(['main', 'failover'].map((name) => [name, { ok: true, value: [] }])),
    active: 'main',
    generation: 1,
    to: 'failover',
    link,
    replicator: { ok: true, value: { connectors, lastHeartbeat: new Date(AT.getTime() - 1000) } },
    lag: linkLag(),
    details: details(),
    ...changes,
  };
}
