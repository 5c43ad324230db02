import type { ChildProcess } from 'node:child_process';
import type { AckReport, NodeClients, NodeState, SwitchOrder, VirtualClusterInfo } from '../shared/admin-api.ts';
import { GwctlError } from '../shared/errors.ts';
import { AckMemory } from './acknowledged/ack-memory.ts';
import { keepMeasured } from './acknowledged/measure-ends.ts';
import { neededApis } from './api-table.ts';
import type { AuditLog, AuditSink } from './audit/audit-log.ts';
import { registerAuditMetrics } from './audit/audit-metrics.ts';
import { openAudit } from './audit/open-audit.ts';
import { Backing, type BackingOptions } from './backing.ts';
import { bindPort, type Listener } from './listening/listen.ts';
import { LocalServing, tableOf, type ServingOptions } from './local-serving.ts';
import { readTokenKeys } from './login/token-keys.ts';
import { issueToken, tokenId, TokenRefused, verifyToken } from './login/tokens.ts';
import { createNodeMetrics, createProcessMetrics, renderMetrics } from './metrics.ts';
import type { Serving } from './serving.ts';
import { readSoftwareCounts } from './software-metrics.ts';
import { readNodeMemory, writeNodeMemory } from './switch/node-memory.ts';
import { SwitchArbiter, type AskPeer } from './switch/switch-arbiter.ts';
import { SwitchController } from './switch/switch-controller.ts';
import { WorkerPool } from './workers/worker-pool.ts';

export interface GatewayNodeOptions extends ServingOptions, BackingOptions {
  readonly node: ServingOptions['node'];
  /** Served at the very first start; later the node's memory says. */
  readonly primary: string;
  readonly memoryFile: string;
  /** The other nodes of the environment: they know which cluster is active when a cluster that cannot be read may have taken over. */
  readonly peers?: readonly AskPeer[];
  /** Starts worker number n, which calls serveAsWorker; needed where `node.workers` is more than 1. */
  readonly forkWorker?: (number: number) => ChildProcess;
}

/** Who asks the admin API for something. */
export interface Caller {
  readonly user?: string;
  readonly address?: string;
}

/** A running node: what decides, and is administered. What serves its clients is behind `Serving`. */
export interface GatewayNode {
  readonly controller: SwitchController;
  /** Makes the switch true that this node was ordered alone; answers how the generation was decided. */
  commit(order: SwitchOrder): Promise<'commit' | 'abort'>;
  /** A number that no run has used. */
  nextGeneration(): Promise<number>;
  readonly audit: AuditSink;
  state(): NodeState;
  /** What it remembers of its acknowledgements. */
  acknowledged(): Promise<AckReport>;
  renderMetrics: () => ReturnType<typeof renderMetrics>;
  clients(): Promise<NodeClients>;
  virtualClusters(): VirtualClusterInfo[];
  /** Registers the virtual cluster when it is new. Throws USAGE for a name that cannot be one. */
  issueToken(virtualCluster: string, username: string, lifeTimeSeconds: number, isAdmin?: boolean, by?: Caller): Promise<string>;
  /** Revokes every token that the user was given until now. Throws USAGE when there is no such virtual cluster. */
  revokeUser(virtualCluster: string, username: string, by?: Caller): Promise<void>;
  /** Revokes that token. Throws USAGE when it is none of that virtual cluster. */
  revokeToken(virtualCluster: string, token: string, by?: Caller): Promise<void>;
  /** Resolves when the node cannot go on by itself; never for a node of one process. */
  readonly failed: Promise<GwctlError>;
  close(): Promise<void>;
}

const AUDIT_CLOSE_MS = 2000;

/**
 * Starts one node: loads who its tenants are from the active cluster, then binds every broker port, and keeps them bound until `close`
 * (hazard H9). Throws when the active cluster cannot be read: a node that cannot serve does not listen.
 */
export async function startGatewayNode(options: GatewayNodeOptions): Promise<GatewayNode> {
  const { node, log, disabledGuards } = options;
  if (disabledGuards !== undefined && disabledGuards.size > 0) log.warn('guards are switched off, which is for tests only: clients will not survive a switch', { guards: [...disabledGuards].join(',') });
  const keys = readTokenKeys(options.tokenKeys);
  const startedAt = new Date().toISOString();

  const known = (await readNodeMemory(options.memoryFile)) ?? { generation: 1, active: options.primary };
  const backing = new Backing(options, known);
  const arbiter = new SwitchArbiter({ node: node.name, logs: backing.stateLogs, peers: options.peers ?? [], log });
  const posture = await arbiter.posture(known, known.pledge);
  if (posture.standing.generation > known.generation) {
    await writeNodeMemory(options.memoryFile, { ...posture.standing, ...(known.pledge !== undefined && known.pledge.generation > posture.standing.generation ? { pledge: known.pledge } : {}) });
    backing.startAt(posture.standing);
  }
  backing.wasLeft(arbiter.lastLeft(backing.active.name));
  const acknowledged = new AckMemory();
  acknowledged.forgot(backing.active.name);
  let catchUp = async (): Promise<void> => {};
  const pool = await openPool(backing, options, acknowledged, () => catchUp()).catch((reason: unknown) => {
    backing.close();
    throw reason;
  });
  const audit: AuditLog = openAudit(node.name, backing, () => serving, log);
  const serving: Serving = pool ?? new LocalServing(backing, options, log, audit, acknowledged, { catchUp: () => catchUp() });

  // Before anybody can connect.
  if (posture.kind !== 'serve') await serving.closeGate();
  const controller: SwitchController = new SwitchController(posture, {
    prepare: async (to) => {
      const findings = await serving.prepare(to);
      await arbiter.join(to);
      return findings;
    },
    drainGroups: (timeoutMs) => serving.drainGroups(timeoutMs),
    openGroups: (verdict) => serving.openGroups(verdict),
    closeGate: (insists) => serving.closeGate(insists),
    openGate: () => serving.openGate(),
    drain: async (timeoutMs, isCut) => {
      if (isCut) {
        await serving.cutOff();
        return true;
      }
      if (!(await serving.settleWrites(timeoutMs))) return false;
      await serving.abortTransactions(timeoutMs);
      return true;
    },
    decision: (run, wanted) => arbiter.decision(run, controller.active, wanted),
    posture: (standing) => arbiter.posture(standing),
    laterCommit: (standing) => arbiter.laterCommit(standing),
    remember: (generation, active, pledge) => writeNodeMemory(options.memoryFile, { generation, active, ...(pledge === undefined ? {} : { pledge }) }),
    flip: (to, generation) => serving.flip(to, generation, arbiter.lastLeft(to)),
  }, Date.now, known.pledge);
  catchUp = () => arbiter.catchUp(controller);
  const state = (): NodeState => ({ node: node.name, ...controller.state, ...serving.counts, startedAt, now: new Date().toISOString() });
  const [readNode, readProcess] = [createNodeMetrics({ state, clusters: options.clusters.map(({ name }) => name), ...(pool === undefined ? {} : { register: (registry, prefix) => registerAuditMetrics(registry, audit, prefix) }) }), createProcessMetrics()];

  const listeners: Listener[] = [];
  let endMeasuring = (): void => {};
  const close = async (): Promise<void> => {
    arbiter.close();
    endMeasuring();
    const closed = listeners.map((listener) => listener.close());
    await serving.close();
    await audit.close(AUDIT_CLOSE_MS);
    await arbiter.leave();
    backing.close();
    await Promise.all(closed);
  };
  try {
    for (const { nodeId, port } of node.ports) listeners.push(await bindPort(node.bindHost, port, (socket) => serving.take(nodeId, socket)));
  } catch (reason) {
    await close();
    throw reason;
  }
  arbiter.watch(controller);
  endMeasuring = keepMeasured(acknowledged, (name) => backing.clientOf(name));
  if (posture.kind === 'unknown') log.warn(`${posture.why}: writes are held until that is known, from the clusters or from another node`, { cluster: posture.standing.active, generation: posture.standing.generation });
  log.info(posture.kind === 'serve' ? 'serving' : 'waiting', { cluster: backing.active.name, generation: controller.generation, ports: node.ports.map(({ port }) => port).join(','), ...(pool === undefined ? {} : { workers: node.workers }) });

  return {
    controller,
    commit: async ({ runId, generation, to }) => (await arbiter.decision({ runId, generation, to, leaseUntil: '' }, controller.active, 'commit')) ?? 'abort',
    nextGeneration: () => arbiter.nextGeneration(controller.generation),
    audit,
    state,
    acknowledged: async () => {
      const silent = await serving.settleAcknowledged().then(() => undefined, (reason: unknown) => GwctlError.from(reason).message);
      const clusters = acknowledged.report();
      return { node: node.name, clusters: silent === undefined ? clusters : clusters.map((cluster) => ({ ...cluster, gap: cluster.gap ?? silent })) };
    },
    renderMetrics: async () => await renderMetrics(await Promise.all([readProcess(), readNode(), serving.metrics()])),
    clients: async () => ({ clients: readSoftwareCounts(await serving.metrics()), apis: neededApis(tableOf(options)) }),
    virtualClusters: () => backing.tenants.list(),
    issueToken: async (virtualCluster, username, lifeTimeSeconds, isAdmin = false, by = {}) => {
      if (await backing.tenants.register(virtualCluster)) audit.record({ kind: 'virtual-cluster-registered', virtualCluster, ...by });
      const token = await issueToken(keys, { username, virtualCluster, isAdmin }, lifeTimeSeconds);
      audit.record({ kind: 'token-issued', virtualCluster, ...by, details: { username, isAdmin, lifeTimeSeconds, tokenId: tokenId(token) } });
      return token;
    },
    revokeUser: async (virtualCluster, username, by = {}) => {
      await serving.hold(() => backing.tenants.revoke({ virtualCluster, username }));
      audit.record({ kind: 'tokens-revoked', virtualCluster, ...by, details: { username, tokenId: null } });
    },
    revokeToken: async (virtualCluster, token, by = {}) => {
      const account = await verifyToken(keys, token).catch((reason: unknown) => {
        throw reason instanceof TokenRefused ? new GwctlError('USAGE', reason.message) : reason;
      });
      if (account.virtualCluster !== virtualCluster) throw new GwctlError('USAGE', `the token is one of virtual cluster "${account.virtualCluster}", not of "${virtualCluster}"`);
      await serving.hold(() => backing.tenants.revoke(account));
      audit.record({ kind: 'tokens-revoked', virtualCluster, ...by, details: { username: account.username, tokenId: account.token.id } });
    },
    failed: pool?.failed ?? new Promise<GwctlError>(() => {}),
    close,
  };
}

/** undefined: the node is one process. */
async function openPool(backing: Backing, { forkWorker, ...options }: GatewayNodeOptions, acknowledged: AckMemory, catchUp: () => Promise<void>): Promise<WorkerPool | undefined> {
  await backing.open();
  if (options.node.workers === 1) return undefined;
  if (forkWorker === undefined) throw new GwctlError('INTERNAL', `node ${options.node.name} has ${options.node.workers} workers, and nobody who starts them`);
  const { node, settings, clusters, clusterAccess, tokenKeys, disabledGuards, log } = options;
  const pool = new WorkerPool(backing, { node, settings, clusters, clusterAccess, tokenKeys, disabledGuards }, { fork: forkWorker, catchUp }, log, acknowledged);
  await pool.start();
  return pool;
}
