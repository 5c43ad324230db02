import { GwctlError } from '../shared/errors.ts';
import { findCoordinatorApi } from '../wire/generated/find-coordinator.ts';
import { newMessage, type Draft } from '../wire/new-message.ts';
import type { Api } from '../wire/schema.ts';
import { chooseVersion, type ApiVersionTable } from './api-versions-used.ts';
import { isRetriable, kafkaError, type CallDeadline } from './call-deadline.ts';
import type { BrokerAddress, KafkaClientOptions } from './client-options.ts';
import { ConnectionPool, type PooledConnection } from './connection-pool.ts';
import { hedge } from './hedge.ts';
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
/** A broker that has not answered for so long where any would do is not waited for alone: it may hang. */
const HEDGE_MS = 500;
/** In a gateway the keys are names that its clients claim: neither many nor long ones take its memory. */
const MOST_COORDINATORS = 100_000;
const LONGEST_KEY = 500;

/** What all operations of one client share: connections, metadata, coordinators. */
export class Session {
  readonly options: KafkaClientOptions;
  readonly metadata: MetadataCache;
  readonly #pool: ConnectionPool;
  readonly #coordinators = new Map<string, { readonly brokerId: number; readonly askedAtMs: number }>();
  /** Address that answered last where any would do. */
  #preferred = 0;

  constructor(options: KafkaClientOptions) {
    if (options.bootstrap.length === 0) throw new GwctlError('INTERNAL', 'a kafka client needs at least one bootstrap address');
    this.options = options;
    this.#pool = new ConnectionPool(options);
    this.metadata = new MetadataCache((draft, api, deadline) => this.#ask(api, draft, deadline));
  }

  /**
   * One request, once. Throws UNAVAILABLE when the broker cannot be found or does not answer in time: another one may lead by now, so that whoever comes next
   * asks where things are, and another broker where any would do.
   */
  async send<Req, Res>(target: Target, api: Api<Req, Res>, draft: Draft<Req>, deadline: CallDeadline, options: SendOptions = {}): Promise<Res> {
    const startedAtMs = performance.now();
    let asked: BrokerAddress | undefined;
    try {
      const pooled = await this.#connect(target, options.lane ?? MAIN_LANE, deadline);
      asked = pooled.connection.address;
      return await this.#request(pooled, api, draft, deadline, options);
    } catch (reason) {
      if (isSilence(reason) && deadline.signal?.aborted !== true) {
        if (target.kind !== 'any') this.forgetLocations(startedAtMs);
        else if (asked !== undefined) this.#passOver(asked);
      }
      throw reason;
    }
  }

  /** Where things are: every broker knows, and the one that was asked first may hang. */
  async #ask<Req, Res>(api: Api<Req, Res>, draft: Draft<Req>, deadline: CallDeadline): Promise<Res> {
    return await this.#hedged(deadline, async (address) => await this.#request(await this.#pool.get(address, MAIN_LANE, deadline.remainingMs()), api, draft, deadline));
  }

  async #request<Req, Res>({ connection, served }: PooledConnection, api: Api<Req, Res>, draft: Draft<Req>, deadline: CallDeadline, { extraMs = 0, onSend }: SendOptions = {}): Promise<Res> {
    const version = chooseVersion(api, served, `${connection.address.host}:${connection.address.port}`);
    const timeoutMs = Math.max(1, Math.min(this.options.requestTimeoutMs, deadline.remainingMs())) + extraMs;
    onSend?.();
    return await connection.request(api, version, newMessage(api.request, draft), { timeoutMs, ...(deadline.signal === undefined ? {} : { signal: deadline.signal }) });
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
    const answer = await this.#ask(findCoordinatorApi, { key, keyType, coordinatorKeys: [key] }, deadline);
    const found = answer.coordinators.length > 0 ? answer.coordinators[0] : answer; // one per key since version 4
    if (found === undefined || found.errorCode !== 0) throw kafkaError(`coordinator of ${kind} ${key}`, found?.errorCode ?? -1, found?.errorMessage ?? null);
    this.metadata.addBroker({ id: found.nodeId, host: found.host, port: found.port, rack: null });
    if (this.#coordinators.size >= MOST_COORDINATORS) this.#coordinators.clear();
    if (key.length <= LONGEST_KEY) this.#coordinators.set(`${kind} ${key}`, { brokerId: found.nodeId, askedAtMs });
    return found.nodeId;
  }

  /** Finds out many with one request, so that none is asked for alone; what brokers before Kafka 3.0 cannot tell like this is left out. */
  async learnCoordinators(kind: 'group' | 'transaction', keys: readonly string[], deadline: CallDeadline): Promise<void> {
    const unknown = keys.filter((key) => !this.#coordinators.has(`${kind} ${key}`));
    const [key = ''] = unknown;
    if (unknown.length < 2) return;
    const askedAtMs = performance.now();
    const { coordinators } = await this.#ask(findCoordinatorApi, { key, keyType: kind === 'group' ? 0 : 1, coordinatorKeys: [...unknown] }, deadline);
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
    mustBeWanted(deadline);
    if (target.kind === 'any') return await this.#hedged(deadline, (address) => this.#pool.get(address, lane, deadline.remainingMs()));
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

  /** From the address that answered last on. */
  async #hedged<T>(deadline: CallDeadline, act: (address: BrokerAddress) => Promise<T>): Promise<T> {
    mustBeWanted(deadline);
    const addresses = this.#addresses();
    const first = this.#preferred % addresses.length;
    const inTurn = [...addresses.slice(first), ...addresses.slice(0, first)];
    // A broker whose certificate is wrong says nothing of the others; wrong credentials are wrong everywhere.
    const isFinal = (reason: unknown): boolean => !(reason instanceof GwctlError) || (reason.code !== 'UNAVAILABLE' && reason.details['isTls'] !== true) || deadline.remainingMs() === 0 || deadline.signal?.aborted === true;
    const { value, index } = await hedge(inTurn.map((address) => async () => await act(address)), HEDGE_MS, isFinal);
    this.#preferred = (first + index) % addresses.length;
    return value;
  }

  /** Once, however many waited for it in vain at the same time. */
  #passOver({ host, port }: BrokerAddress): void {
    const addresses = this.#addresses();
    const preferred = addresses[this.#preferred % addresses.length];
    if (preferred?.host === host && preferred.port === port) this.#preferred++;
  }

  /** Bootstrap first: their order is stable, so `#preferred` keeps its meaning while brokers come and go behind them. */
  #addresses(): BrokerAddress[] {
    const seen = new Map<string, BrokerAddress>();
    for (const address of [...this.options.bootstrap, ...this.metadata.knownBrokers()]) seen.set(`${address.host}:${address.port}`, address);
    return [...seen.values()];
  }
}

function mustBeWanted({ signal }: CallDeadline): void {
  if (signal?.aborted === true) throw new GwctlError('UNAVAILABLE', 'the caller stopped waiting', { details: { final: true } });
}

/** No broker has said anything: it cannot be reached, or did not answer. */
function isSilence(reason: unknown): boolean {
  return reason instanceof GwctlError && isRetriable(reason) && reason.details['errorCode'] === undefined;
}
