import type { KafkaClient } from '../../client/kafka-client.ts';
import type { VirtualClusterInfo } from '../../shared/admin-api.ts';
import { CANARY_VIRTUAL_CLUSTER } from '../../shared/canary.ts';
import { GwctlError } from '../../shared/errors.ts';
import type { CreateTopicsRequest, CreateTopicsResponse } from '../../wire/generated/create-topics.ts';
import type { DeleteTopicsRequest, DeleteTopicsResponse } from '../../wire/generated/delete-topics.ts';
import { userAccess } from '../acls/access.ts';
import type { AclBook } from '../acls/acl-apis.ts';
import type { Acl } from '../acls/acl.ts';
import type { SessionAccess } from '../acls/apply-acls.ts';
import type { Log } from '../log.ts';
import { isRevoked, withRevokedToken, withRevokedUser, type Revocations } from '../login/revocations.ts';
import type { ServiceAccount } from '../login/tokens.ts';
import { CompactedTopic } from './compacted-topic.ts';
import { refuseVirtualCluster, TenantNames } from './tenant-names.ts';
import { aliasesOf, TOPIC_MAPPINGS, withCreatedTopics, withDeletedTopics, type TopicMappings } from './topic-mappings.ts';

/** Which virtual clusters there are, so that no later name can be a prefix of one (D11). Key: the name. */
export const VIRTUAL_CLUSTERS = '_virtualClusters';

/** The ACLs of each virtual cluster. Key: its name. */
export const ACLS = '_acls';

interface VirtualClusterRecord extends Revocations {
  readonly createdAt: string;
}

interface AclRecord {
  readonly acls: readonly Acl[];
}

interface Stores {
  readonly clusterName: string;
  readonly mappings: CompactedTopic<TopicMappings>;
  readonly virtualClusters: CompactedTopic<VirtualClusterRecord>;
  readonly acls: CompactedTopic<AclRecord>;
}

/**
 * The virtual clusters and the names of their topics, as the active cluster's `_topicMappings` and `_virtualClusters` say; followed while
 * other nodes change them, and read again from the other cluster at a flip.
 */
export class Tenants {
  readonly #log: Log;
  readonly #names = new Map<string, TenantNames>();
  #stores: Stores | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Reads both topics of that cluster to their end. Nothing changes yet. */
  async load(clusterName: string, client: KafkaClient): Promise<Stores> {
    const mappings = new CompactedTopic<TopicMappings>(TOPIC_MAPPINGS, client, this.#log, () => this.#refresh(mappings));
    const virtualClusters = new CompactedTopic<VirtualClusterRecord>(VIRTUAL_CLUSTERS, client, this.#log, () => {});
    const acls = new CompactedTopic<AclRecord>(ACLS, client, this.#log, () => {});
    await Promise.all([mappings.catchUp(), virtualClusters.catchUp(), acls.catchUp()]);
    return { clusterName, mappings, virtualClusters, acls };
  }

  /** Makes what was loaded the truth, and follows it from here on. */
  use(stores: Stores): void {
    this.close();
    this.#stores = stores;
    this.#refresh(stores.mappings);
    void stores.mappings.follow();
    void stores.virtualClusters.follow();
    void stores.acls.follow();
  }

  close(): void {
    this.#stores?.mappings.close();
    this.#stores?.virtualClusters.close();
    this.#stores?.acls.close();
  }

  namesOf(virtualCluster: string): TenantNames {
    let names = this.#names.get(virtualCluster);
    if (names === undefined) {
      names = new TenantNames(virtualCluster);
      names.setAliases(aliasesOf(this.#stores?.mappings.values.get(virtualCluster)));
      this.#names.set(virtualCluster, names);
    }
    return names;
  }

  get known(): ReadonlySet<string> {
    const { mappings, virtualClusters } = this.#current;
    return new Set([...virtualClusters.values.keys(), ...mappings.values.keys()]);
  }

  list(): VirtualClusterInfo[] {
    return [...this.known]
      .filter((name) => name !== CANARY_VIRTUAL_CLUSTER)
      .sort()
      .map((name) => ({ name, topics: aliasesOf(this.#current.mappings.values.get(name)) }));
  }

  /** Makes sure that the virtual cluster exists; true when it is new. Throws USAGE for a name that cannot be one. */
  async register(name: string, now = new Date()): Promise<boolean> {
    const { virtualClusters } = this.#current;
    if (virtualClusters.values.has(name)) return false;
    await virtualClusters.catchUp();
    if (name !== CANARY_VIRTUAL_CLUSTER) {
      const refusal = refuseVirtualCluster(name, [...this.known].filter((other) => other !== CANARY_VIRTUAL_CLUSTER));
      if (refusal !== undefined) throw new GwctlError('USAGE', refusal);
    }
    let isNew = false;
    await virtualClusters.update(name, (current) => {
      isNew = current === undefined;
      return isNew ? { createdAt: now.toISOString() } : undefined;
    });
    return isNew;
  }

  /** What that account may, as the ACLs stand; `hold` wraps each change of them. */
  accessOf(account: ServiceAccount, hold: (change: () => Promise<void>) => Promise<void>): SessionAccess {
    const { virtualCluster } = account;
    const read = (): readonly Acl[] | undefined => this.#current.acls.values.get(virtualCluster)?.acls;
    return {
      user: userAccess(account, read),
      book: new TenantBook(read, (change) =>
        hold(() => this.#current.acls.update(virtualCluster, (current) => {
          const before = current?.acls ?? [];
          const after = change(before);
          return after === before ? undefined : { acls: after };
        }))),
    };
  }

  isRevoked(account: ServiceAccount): boolean {
    return isRevoked(this.#current.virtualClusters.values.get(account.virtualCluster) ?? {}, account);
  }

  /** Revokes one token, or all that a user was given until now; all nodes follow. Throws USAGE when there is no such virtual cluster. */
  async revoke({ virtualCluster, username, token }: ServiceAccount, nowMs = Date.now()): Promise<void> {
    const { virtualClusters } = this.#current;
    let isKnown = false;
    await virtualClusters.update(virtualCluster, (current) => {
      isKnown = current !== undefined;
      if (current === undefined) return undefined;
      return token === undefined ? withRevokedUser(current, username, nowMs) : withRevokedToken(current, token.id, token.expiresAtMs, nowMs);
    });
    if (!isKnown) throw new GwctlError('USAGE', `no virtual cluster "${virtualCluster}"`);
  }

  async topicsCreated(virtualCluster: string, request: CreateTopicsRequest, response: CreateTopicsResponse): Promise<void> {
    const { mappings, clusterName } = this.#current;
    const names = this.namesOf(virtualCluster);
    await mappings.update(virtualCluster, (current) => withCreatedTopics(current, request, response, names, clusterName, new Date()));
  }

  async topicsDeleted(virtualCluster: string, request: DeleteTopicsRequest, response: DeleteTopicsResponse): Promise<void> {
    const names = this.namesOf(virtualCluster);
    await this.#current.mappings.update(virtualCluster, (current) => withDeletedTopics(current, request, response, names));
  }

  get #current(): Stores {
    if (this.#stores === undefined) throw new GwctlError('INTERNAL', 'virtual clusters are used before they were loaded');
    return this.#stores;
  }

  #refresh(mappings: CompactedTopic<TopicMappings>): void {
    if (this.#stores?.mappings !== mappings) return;
    for (const [virtualCluster, names] of this.#names) names.setAliases(aliasesOf(mappings.values.get(virtualCluster)));
  }
}

class TenantBook implements AclBook {
  readonly #read: () => readonly Acl[] | undefined;
  readonly update: AclBook['update'];

  constructor(read: () => readonly Acl[] | undefined, update: AclBook['update']) {
    this.#read = read;
    this.update = update;
  }

  get acls(): readonly Acl[] {
    return this.#read() ?? [];
  }
}
