import { GwctlError } from '../shared/errors.ts';
import { findCoordinatorApi } from '../wire/generated/find-coordinator.ts';
import { newMessage, type Draft } from '../wire/new-message.ts';
import type { Api } from '../wire/schema.ts';
import { chooseVersion, type ApiVersionTable } from './api-versions-used.ts';
import { kafkaError, type CallDeadline } from './call-deadline.ts';
import type { BrokerAddress, KafkaClientOptions } from './client-options.ts';
import { ConnectionPool, type PooledConnection } from './connection-pool.ts';
import { MetadataCache } from './metadata-cache.ts';

/** Which broker a request is for. */
export type Target =
  | { readonly kind: 'any' }
  | { readonly kind: 'broker'; readonly brokerId: number }
  | { readonly kind: 'leader'; readonly topic: string; readonly partition: number }
  | { readonly kind: 'group'; readonly groupId: string }
  | { readonly kind: 'transaction'; readonly transactionalId: string };

export interface SendOptions {
  readonly lane?: string;
  /** Added to the request's time limit: what the broker was asked to wait. */
  readonly extraMs?: number;
  /** Called just before the bytes leave: from here on a failure says nothing about the effect. */
  readonly onSend?: () => void;
}

const MAIN_LANE = 'main';

/** What all operations of one client share: connections, metadata, coordinators. */
export class Session {
  readonly options: KafkaClientOptions;
  readonly metadata: MetadataCache;
  readonly #pool: ConnectionPool;
  readonly #coordinators = new Map<string, { readonly brokerId: number; readonly askedAtMs: number }>();
  /** Bootstrap address that answered last; the next is tried when it fails. */
  #preferred = 0;

  constructor(options: KafkaClientOptions) {
    if (options.bootstrap.length === 0) throw new GwctlError('INTERNAL', 'a kafka client needs at least one bootstrap address');
    this.options = options;
    this.#pool = new ConnectionPool(options);
    this.metadata = new MetadataCache((draft, api, deadline) => this.send({ kind: 'any' }, api, draft, deadline));
  }

  /** One request, once. Throws UNAVAILABLE when the broker cannot be found or does not answer in time. */
  async send<Req, Res>(target: Target, api: Api<Req, Res>, draft: Draft<Req>, deadline: CallDeadline, options: SendOptions = {}): Promise<Res> {
    const { connection, served } = await this.#connect(target, options.lane ?? MAIN_LANE, deadline);
    const version = chooseVersion(api, served, `${connection.address.host}:${connection.address.port}`);
    const timeoutMs = Math.max(1, Math.min(this.options.requestTimeoutMs, deadline.remainingMs())) + (options.extraMs ?? 0);
    options.onSend?.();
    return connection.request(api, version, newMessage(api.request, draft), { timeoutMs, ...(deadline.signal === undefined ? {} : { signal: deadline.signal }) });
  }

  /** Versions that a broker serves. */
  async served(target: Target, deadline: CallDeadline): Promise<ApiVersionTable> {
    return (await this.#connect(target, MAIN_LANE, deadline)).served;
  }

  /** The broker id of a group's or a transactional id's coordinator, remembered until forgetLocations. */
  async coordinator(kind: 'group' | 'transaction', key: string, deadline: CallDeadline): Promise<number> {
    const known = this.#coordinators.get(`${kind} ${key}`);
    if (known !== undefined) return known.brokerId;
    const askedAtMs = performance.now();
    const keyType = kind === 'group' ? 0 : 1;
    const answer = await this.send({ kind: 'any' }, findCoordinatorApi, { key, keyType, coordinatorKeys: [key] }, deadline);
    const found = answer.coordinators.length > 0 ? answer.coordinators[0] : answer; // one per key since version 4
    if (found === undefined || found.errorCode !== 0) throw kafkaError(`coordinator of ${kind} ${key}`, found?.errorCode ?? -1, found?.errorMessage ?? null);
    this.metadata.addBroker({ id: found.nodeId, host: found.host, port: found.port, rack: null });
    this.#coordinators.set(`${kind} ${key}`, { brokerId: found.nodeId, askedAtMs });
    return found.nodeId;
  }

  /** Finds out many with one request, so that none is asked for alone; what brokers before Kafka 3.0 cannot tell like this is left out. */
  async learnCoordinators(kind: 'group' | 'transaction', keys: readonly string[], deadline: CallDeadline): Promise<void> {
    const unknown = keys.filter((key) => !this.#coordinators.has(`${kind} ${key}`));
    const [key = ''] = unknown;
    if (unknown.length < 2) return;
    const askedAtMs = performance.now();
    const { coordinators } = await this.send({ kind: 'any' }, findCoordinatorApi, { key, keyType: kind === 'group' ? 0 : 1, coordinatorKeys: [...unknown] }, deadline);
    for (const found of coordinators) {
      if (found.errorCode !== 0) continue;
      this.metadata.addBroker({ id: found.nodeId, host: found.host, port: found.port, rack: null });
      this.#coordinators.set(`${kind} ${found.key}`, { brokerId: found.nodeId, askedAtMs });
    }
  }

  /**
   * After an error that may mean that leaders or coordinators have moved. `usedAtMs`: when the request that failed was sent, on the clock of
   * performance.now(); what was asked after that is kept, so that of many calls which fail for the same reason one asks again, and not each.
   */
  forgetLocations(usedAtMs = Number.POSITIVE_INFINITY): void {
    this.metadata.forget(usedAtMs);
    for (const [key, { askedAtMs }] of this.#coordinators) if (askedAtMs <= usedAtMs) this.#coordinators.delete(key);
  }

  close(): void {
    this.#pool.close();
  }

  async #connect(target: Target, lane: string, deadline: CallDeadline): Promise<PooledConnection> {
    if (deadline.signal?.aborted) throw new GwctlError('UNAVAILABLE', 'the caller stopped waiting', { details: { final: true } });
    if (target.kind === 'any') return this.#connectAny(lane, deadline);
    const brokerId = await this.#locate(target, deadline);
    const broker = (await this.metadata.brokers(deadline)).get(brokerId);
    if (broker === undefined) throw new GwctlError('UNAVAILABLE', `broker ${brokerId} is not in the cluster's metadata`, { details: { brokerId } });
    return this.#pool.get(broker, lane, deadline.remainingMs());
  }

  async #locate(target: Exclude<Target, { kind: 'any' }>, deadline: CallDeadline): Promise<number> {
    switch (target.kind) {
      case 'broker': return target.brokerId;
      case 'group': return this.coordinator('group', target.groupId, deadline);
      case 'transaction': return this.coordinator('transaction', target.transactionalId, deadline);
      case 'leader': return this.metadata.leader(target.topic, target.partition, deadline);
    }
  }

  async #connectAny(lane: string, deadline: CallDeadline): Promise<PooledConnection> {
    const addresses = this.#addresses();
    let last: unknown;
    for (let attempt = 0; attempt < addresses.length; attempt++) {
      const index = (this.#preferred + attempt) % addresses.length;
      try {
        const pooled = await this.#pool.get(addresses[index] as BrokerAddress, lane, deadline.remainingMs());
        this.#preferred = index;
        return pooled;
      } catch (reason) {
        last = reason;
        // A broker whose certificate is wrong says nothing of the others; wrong credentials are wrong everywhere.
        if (reason instanceof GwctlError && reason.code !== 'UNAVAILABLE' && reason.details['isTls'] !== true) throw reason;
        if (deadline.remainingMs() === 0) break;
      }
    }
    throw last;
  }

  /** Bootstrap first: their order is stable, so `#preferred` keeps its meaning while brokers come and go behind them. */
  #addresses(): BrokerAddress[] {
    const seen = new Map<string, BrokerAddress>();
    for (const address of [...this.options.bootstrap, ...this.metadata.knownBrokers()]) seen.set(`${address.host}:${address.port}`, address);
    return [...seen.values()];
  }
}

