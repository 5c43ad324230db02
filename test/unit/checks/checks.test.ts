import { describe, expect, test } from 'vitest';
import { PLANNED_CHECKS } from '../../../src/checks/all-checks.ts';
import { runChecks } from '../../../src/checks/check.ts';
import type { NodeClients } from '../../../src/shared/admin-api.ts';
import type { Observation } from '../../../src/checks/observation.ts';
import { AT, clusterDetails, clusterMap, clusterView, details, linkLag, nodeState, observation, partitionLag, topic } from '../../support/observation.ts';

function verdicts(seen: Observation): Record<string, string> {
  return Object.fromEntries(runChecks(PLANNED_CHECKS, seen).map(({ id, status }) => [id, status]));
}

function report(seen: Observation, id: string) {
  const found = runChecks(PLANNED_CHECKS, seen).find((check) => check.id === id);
  if (found === undefined) throw new Error(`no check ${id}`);
  return found;
}

const up = (node: string, changes = {}) => ({ name: node, state: { ok: true as const, value: nodeState(node, changes) } });
const later = new Date(AT.getTime() + 1000).toISOString();
const before = new Date(AT.getTime() - 1000).toISOString();
const run = (leaseUntil: string) => ({ runId: 'r1', generation: 2, to: 'failover', leaseUntil });

const withTarget = (changes: Parameters<typeof clusterDetails>[0]) => details({ clusters: new Map([['main', clusterDetails()], ['failover', clusterDetails(changes)]]) });
const withSource = (changes: Parameters<typeof clusterDetails>[0]) => details({ clusters: new Map([['main', clusterDetails(changes)], ['failover', clusterDetails()]]) });
const client = (clients: NodeClients['clients'], apis: NodeClients['apis'] = [{ key: 0, min: 3, max: 11 }]) => ({ name: 'gateway1', clients: { ok: true as const, value: { clients, apis } } });

test('a healthy world passes every check', () => {
  expect(new Set(Object.values(verdicts(observation())))).toEqual(new Set(['pass']));
});

describe('each check bites, with a hint', () => {
  test.each<{ name: string; id: string; status?: string; seen: Partial<Observation>; says: RegExp }>([
    { name: 'a node that does not answer', id: 'gateways-agree', seen: { nodes: [up('gateway1'), { name: 'gateway2', state: { ok: false, why: 'ECONNREFUSED' } }] }, says: /gateway2: ECONNREFUSED/ },
    { name: 'nodes on different clusters', id: 'gateways-agree', seen: { nodes: [up('gateway1', { active: 'failover', generation: 2 }), up('gateway2')] }, says: /the nodes disagree/ },
    { name: 'nodes of different generations', id: 'gateways-agree', seen: { nodes: [up('gateway1', { generation: 3 }), up('gateway2')] }, says: /the nodes disagree/ },
    { name: 'a node in another run', id: 'gateways-agree', seen: { nodes: [up('gateway1', { phase: 'paused', run: run(later) }), up('gateway2')] }, says: /gateway1 is paused for run r1/ },
    { name: 'a node that was never resumed', id: 'gateways-agree', seen: { nodes: [up('gateway1', { phase: 'flipped', run: run(before) }), up('gateway2')] }, says: /never resumed/ },
    { name: 'a node that a dead run paused', id: 'gateways-agree', status: 'warn', seen: { nodes: [up('gateway1', { phase: 'paused', run: run(before) }), up('gateway2')] }, says: /gateway1: main, generation 1, paused/ },
    { name: 'a node whose ports are shut for us', id: 'gateways-reachable', seen: { details: details({ reached: [{ name: 'gateway2', seen: { ok: false, why: 'gw:7969 cannot be reached: its certificate has expired', hint: 'renew it' } }] }) }, says: /^gateway2: gw:7969 cannot be reached: its certificate has expired$/ },
    { name: 'a source that cannot be read', id: 'source-healthy', seen: { clusters: clusterMap({ ok: false, why: 'ECONNREFUSED' }) }, says: /main cannot be read/ },
    { name: 'a target without a broker', id: 'target-healthy', seen: { clusters: clusterMap(clusterView(), clusterView({ brokers: [1, 3] })) }, says: /broker 2 is missing/ },
    { name: 'an offline partition on the target', id: 'target-healthy', seen: { clusters: clusterMap(clusterView(), clusterView({ topics: [topic('_topicMappings'), topic('teamAusers', 1, { leader: -1 })] })) }, says: /1 partition is offline: teamAusers-0/ },
    { name: 'a partition without all replicas', id: 'target-healthy', seen: { clusters: clusterMap(clusterView(), clusterView({ topics: [topic('_topicMappings'), topic('teamAusers', 1, { inSync: [1, 2] })] })) }, says: /under-replicated: teamAusers-0/ },
    { name: 'no link in this direction', id: 'replicator-running', seen: { link: undefined, replicator: undefined, lag: undefined }, says: /nothing replicates main->failover/ },
    { name: 'MirrorMaker that was never there', id: 'replicator-running', seen: { replicator: { ok: false, why: 'no status topic' } }, says: /no status topic/ },
    { name: 'a failed task', id: 'replicator-running', seen: { replicator: { ok: true, value: { connectors: [{ name: 'MirrorSourceConnector', state: 'RUNNING', failure: undefined }, { name: 'MirrorSourceConnector-0', state: 'FAILED', failure: 'boom' }], lastHeartbeat: AT } } }, says: /MirrorSourceConnector-0 is FAILED \(boom\)/ },
    { name: 'a task that starts again for a new topic', id: 'replicator-running', status: 'warn', seen: { replicator: { ok: true, value: { connectors: [{ name: 'MirrorSourceConnector', state: 'RUNNING', failure: undefined }, { name: 'MirrorSourceConnector-0', state: 'UNASSIGNED', failure: undefined }], lastHeartbeat: AT } } }, says: /MirrorSourceConnector-0 is UNASSIGNED/ },
    { name: 'a source connector without a task', id: 'replicator-running', seen: { replicator: { ok: true, value: { connectors: [{ name: 'MirrorSourceConnector', state: 'RUNNING', failure: undefined }], lastHeartbeat: AT } } }, says: /or its task does not exist/ },
    { name: 'a stale heartbeat', id: 'replicator-running', seen: { replicator: { ok: true, value: { connectors: ['MirrorSourceConnector', 'MirrorSourceConnector-0'].map((name) => ({ name, state: 'RUNNING', failure: undefined })), lastHeartbeat: new Date(AT.getTime() - 15_001) } } }, says: /15 s old/ },
    { name: 'a MirrorMaker that a dead run has taken over', id: 'replicator-running', seen: { replicatorHeld: 'run r7 took over main->failover for a switch to failover' }, says: /main->failover is off: run r7 took over/ },
    { name: 'a MirrorMaker that is held for another reason', id: 'replicator-running', seen: { replicatorHeld: 'the drill says so' }, says: /main->failover is off: the drill says so/ },
    { name: 'a mapping that is not replicated', id: 'topic-mappings-replicated', seen: { lag: linkLag(partitionLag('_topicMappings', { lagRecords: 1n, lagSeconds: 2 })) }, says: /1 record behind, 2.0 s/ },
    { name: 'no mappings at all', id: 'topic-mappings-replicated', seen: { lag: linkLag(partitionLag('teamAusers')) }, says: /_topicMappings is not on main/ },
    { name: 'a lag in records', id: 'user-topics-replicated', seen: { lag: linkLag(partitionLag('_topicMappings'), partitionLag('teamAusers', { lagRecords: 10_001n })) }, says: /teamAusers-0 by 10001 \(allowed: 10000 records, 30 s\)/ },
    { name: 'a lag in seconds', id: 'user-topics-replicated', seen: { lag: linkLag(partitionLag('_topicMappings'), partitionLag('teamAusers', { lagRecords: 1n, lagSeconds: 31 })) }, says: /1 record behind, 31.0 s/ },
    { name: 'a lag that is not known', id: 'user-topics-replicated', seen: { lag: { ok: false, why: 'main cannot be read' } }, says: /the lag is not known/ },
    { name: 'a topic that is missing on the target', id: 'topics-equal', seen: { clusters: clusterMap(clusterView(), clusterView({ topics: [topic('_topicMappings')] })) }, says: /missing on failover: teamAusers/ },
    { name: 'another number of partitions', id: 'topics-equal', seen: { clusters: clusterMap(clusterView(), clusterView({ topics: [topic('_topicMappings'), topic('teamAusers', 3)] })) }, says: /teamAusers has 1 here, 3 there/ },
    { name: 'another retention', id: 'configs-equal', seen: { clusters: clusterMap(clusterView({ configs: { teamAusers: { 'retention.ms': '1000' } } })) }, says: /retention.ms is 1000 on main, not set on failover/ },
    { name: 'another min.insync.replicas, which MirrorMaker leaves alone', id: 'configs-equal', status: 'warn', seen: { clusters: clusterMap(clusterView({ configs: { teamAusers: { 'min.insync.replicas': '2' } } })) }, says: /min.insync.replicas is 2 on main/ },
    { name: 'a task that copies back', id: 'both-directions', seen: { details: details({ reverse: { ok: true, value: { connectors: [{ name: 'MirrorSourceConnector-0', state: 'RUNNING', failure: undefined }], lastHeartbeat: AT } } }) }, says: /MirrorSourceConnector-0 of failover->main is running, and so is main->failover/ },
    { name: 'brokers that take less there', id: 'message-sizes', seen: { details: withTarget({ messageMaxBytes: 1000 }) }, says: /_topicMappings: 1000 bytes \(on main: 1048588\)/ },
    { name: 'a topic that takes less there', id: 'message-sizes', seen: { clusters: clusterMap(clusterView({ configs: { teamAusers: { 'max.message.bytes': '9000000' } } }), clusterView({ configs: { teamAusers: { 'max.message.bytes': '8000000' } } })) }, says: /teamAusers: 8000000 bytes \(on main: 9000000\)/ },
    { name: 'a topic that takes more than the brokers there', id: 'message-sizes', seen: { clusters: clusterMap(clusterView({ configs: { teamAusers: { 'max.message.bytes': '9000000' } } })) }, says: /teamAusers: 1048588 bytes \(on main: 9000000\)/ },
    { name: 'a group without a position there', id: 'groups-have-offsets', status: 'warn', seen: { details: details({ groups: { ok: true, value: { groups: new Set(['g']), positions: 3, missing: [{ group: 'g', topic: 'teamAusers', partition: 2 }], unread: [] } } }) }, says: /1 of 3 positions of groups are not on failover: g in teamAusers-2/ },
    { name: 'a group that cannot be read', id: 'groups-have-offsets', status: 'warn', seen: { details: details({ groups: { ok: true, value: { groups: new Set(), positions: 0, missing: [], unread: [{ group: 'g', why: 'COORDINATOR_NOT_AVAILABLE' }] } } }) }, says: /g: COORDINATOR_NOT_AVAILABLE/ },
    { name: 'members on the target', id: 'consumers-on-target', status: 'warn', seen: { details: withTarget({ activeGroups: ['other', 'teamAreaders'] }) }, says: /2 groups have members on failover: other, teamAreaders; teamAreaders also on main/ },
    { name: 'an old transaction', id: 'active-transactions', status: 'warn', seen: { details: withSource({ transactions: [{ transactionalId: 'payments', producerId: 7n, startedAt: new Date(AT.getTime() - 21_000) }, { transactionalId: 'young', producerId: 8n, startedAt: new Date(AT.getTime() - 6000) }] }) }, says: /open for longer than 20 s: payments \(producer 7\) for 21 s$/ },
    { name: 'records that came through no node', id: 'bypassing-producers', status: 'warn', seen: { details: details({ bypassed: { ok: true, value: { partitions: 4, written: [{ topic: 'teamAusers', partition: 0, records: 2, isMore: false }] } } }) }, says: /the last records of 1 partition of main were acknowledged by no node: teamAusers-0: 2$/ },
    { name: 'a node whose clock is behind', id: 'clock-skew', status: 'warn', seen: { nodes: [{ ...up('gateway1', { now: new Date(AT.getTime() - 3000).toISOString() }), asked: { beforeMs: AT.getTime() - 500, afterMs: AT.getTime() } }] }, says: /gateway1 is 2.5 s behind this machine/ },
    { name: 'a controller whose clock is ahead', id: 'clock-skew', status: 'warn', seen: { details: withTarget({ clock: { shownMs: AT.getTime() + 60_000, beforeMs: AT.getTime(), afterMs: AT.getTime() } }) }, says: /failover is 60.0 s ahead of this machine/ },
    { name: 'an API that the target serves in older versions', id: 'client-survival', seen: { details: withTarget({ apis: new Map([[2, new Map([[0, { min: 0, max: 10 }]])]]) }) }, says: /broker 2 of failover serves api 0 in versions 0 to 10 \(clients were told 3 to 11\)/ },
    { name: 'an API that the target does not serve', id: 'client-survival', seen: { details: withTarget({ apis: new Map([[2, new Map()]]) }) }, says: /broker 2 of failover serves api 0 not at all/ },
    { name: 'nodes that tell clients different things', id: 'client-survival', status: 'warn', seen: { details: details({ clients: [client([]), client([], [])] }) }, says: /the nodes tell clients different things/ },
    { name: 'a client that nobody ever tried', id: 'client-survival', status: 'warn', seen: { details: details({ clients: [client([{ software: 'homemade', version: '0.1', connections: 3 }])] }) }, says: /3 connections of homemade 0.1 \(not known\)/ },
    { name: 'a broker without a port', id: 'node-ids-fit-ports', seen: { clusters: clusterMap(clusterView(), clusterView({ brokers: [1, 2, 3, 4] })) }, says: /no port for broker 4 of failover on gateway1/ },
  ])('$name', ({ id, status = 'fail', seen, says }) => {
    const found = report(observation(seen), id);
    expect(found.status).toBe(status);
    expect(found.evidence).toMatch(says);
    expect(found.hint).toBeTruthy();
  });
});

test('what nobody looked at is skipped, and stops no switch', () => {
  const { details: _, ...unseen } = observation();
  expect(Object.entries(verdicts(unseen)).filter(([, status]) => status === 'skip').map(([id]) => id)).toEqual(['gateways-reachable', 'both-directions', 'message-sizes', 'groups-have-offsets', 'consumers-on-target', 'active-transactions', 'bypassing-producers', 'client-survival']);
});

test('clients of all nodes are added up, and what each does at a switch is said; gwctl itself is none', () => {
  const seen = observation({ details: details({ clients: [client([{ software: '', version: '', connections: 1 }, { software: 'gwctl', version: '1', connections: 9 }, { software: 'kgo', version: 'v1.22', connections: 2 }]), client([{ software: 'kgo', version: 'v1.22', connections: 3 }])] }) });
  expect(report(seen, 'client-survival')).toMatchObject({ status: 'pass', evidence: '5 connections of kgo v1.22 (goes on; commits by its timer, so its group takes a second longer to stop), 1 connection of a client that does not say what it is (goes on)' });
});

test('who resumes a run goes on with the replication that it took over, and copies what is missing; nobody else does', () => {
  const held = { replicatorHeld: 'run r7 took over main->failover for a switch to failover', replicator: { ok: true as const, value: { connectors: [], lastHeartbeat: undefined } }, lag: linkLag(partitionLag('_topicMappings', { lagRecords: 9n }), partitionLag('teamAusers', { lagRecords: 90_000n })) };
  const ids = ['replicator-running', 'topic-mappings-replicated', 'user-topics-replicated'];
  expect(ids.map((id) => report(observation({ ...held, resumesTakeover: true }), id).status)).toEqual(['pass', 'pass', 'pass']);
  expect(ids.map((id) => report(observation(held), id).status)).toEqual(['fail', 'fail', 'fail']);
  expect(report(observation(held), 'replicator-running').hint).toMatch(/`gwctl resume` goes on with its switch, and `gwctl rollback` starts MirrorMaker again/);
});

test('all problems are told at once', () => {
  const seen = verdicts(observation({ lag: linkLag(partitionLag('_topicMappings', { lagRecords: 1n })), nodes: [up('gateway1')].concat([up('gateway2', { generation: 2 })]) }));
  expect(seen['gateways-agree']).toBe('fail');
  expect(seen['topic-mappings-replicated']).toBe('fail');
});

test('topics of MirrorMaker and of Kafka itself, and each cluster\'s own log, are nobody\'s lag', () => {
  const own = ['__consumer_offsets', 'mm2-offsets.failover.internal', 'main.checkpoints.internal', '_gatewayState', 'heartbeats', 'main.heartbeats'];
  const clusters = clusterMap(clusterView({ topics: [topic('_topicMappings'), topic('teamAusers'), ...own.map((name) => topic(name))] }));
  expect(report(observation({ clusters }), 'topics-equal').status).toBe('pass');
});
