import { TopicIds } from './topic-ids.ts';

/** What a topic is called by clients, and what it is called on the cluster. */
export interface TopicAlias {
  readonly virtual: string;
  readonly physical: string;
}

/**
 * The names of one virtual cluster, both ways. A topic's physical name is its explicit mapping when `_topicMappings` has one, else the
 * virtual cluster's name and the topic's (`teamA` + `users` = `teamAusers`); groups and transactional ids always carry the prefix.
 */
export class TenantNames {
  readonly virtualCluster: string;
  readonly topicIds: TopicIds;
  #physicalByVirtual = new Map<string, string>();
  #virtualByPhysical = new Map<string, string>();
  #growsUnevenly = false;
  #longestAliasBytes = 0;

  constructor(virtualCluster: string) {
    this.virtualCluster = virtualCluster;
    this.topicIds = new TopicIds(virtualCluster);
  }

  /** Replaces the explicit mappings; called when `_topicMappings` says something new. */
  setAliases(aliases: readonly TopicAlias[]): void {
    const differing = aliases.filter(({ virtual, physical }) => physical !== this.virtualCluster + virtual);
    this.#physicalByVirtual = new Map(differing.map(({ virtual, physical }) => [virtual, physical]));
    this.#virtualByPhysical = new Map(differing.map(({ virtual, physical }) => [physical, virtual]));
    this.#longestAliasBytes = Math.max(0, ...differing.map(({ physical }) => Buffer.byteLength(physical)));
  }

  /** The empty name stays empty, so that a broker refuses it as it does without a gateway: with the prefix it would be a good one. */
  topicToPhysical(virtual: string): string {
    if (virtual === '') return '';
    return this.#physicalByVirtual.get(virtual) ?? this.virtualCluster + virtual;
  }

  /** undefined: not this virtual cluster's topic. */
  topicToVirtual(physical: string): string | undefined {
    if (physical === '') return '';
    const alias = this.#virtualByPhysical.get(physical);
    if (alias !== undefined) return alias;
    const virtual = this.#strip(physical);
    // A topic whose name an alias points elsewhere is out of sight.
    return virtual !== undefined && !this.#physicalByVirtual.has(virtual) ? virtual : undefined;
  }

  groupToPhysical(virtual: string): string {
    return this.virtualCluster + virtual;
  }

  groupToVirtual(physical: string): string | undefined {
    return this.#strip(physical, true);
  }

  transactionalIdToPhysical(virtual: string): string {
    return this.virtualCluster + virtual;
  }

  transactionalIdToVirtual(physical: string): string | undefined {
    return this.#strip(physical, true);
  }

  /** Length of the longest physical name that one of `topicIds` stands for. */
  get longestTopicBytes(): number {
    return Math.max(Buffer.byteLength(this.virtualCluster) + this.topicIds.longestNameBytes, this.#longestAliasBytes);
  }

  /** By how many bytes each name in a frame grows, when that is the same for all of them; undefined when it is not. */
  get uniformGrowth(): number | undefined {
    return this.#physicalByVirtual.size === 0 && !this.#growsUnevenly ? Buffer.byteLength(this.virtualCluster) : undefined;
  }

  /** Said once a name was seen whose length prefix grew, too. */
  growsUnevenly(): void {
    this.#growsUnevenly = true;
  }

  /** Text of a broker, with the physical names in it turned back: error messages quote topics and groups. */
  scrub(text: string): string {
    let scrubbed = text;
    for (const [physical, virtual] of this.#virtualByPhysical) scrubbed = scrubbed.replaceAll(physical, virtual);
    return scrubbed.replaceAll(this.virtualCluster, '');
  }

  #strip(physical: string, allowEmpty = false): string | undefined {
    if (!physical.startsWith(this.virtualCluster)) return undefined;
    if (physical.length === this.virtualCluster.length && !allowEmpty) return undefined;
    return physical.slice(this.virtualCluster.length);
  }
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/**
 * Why `name` cannot be a virtual cluster beside `others`, or undefined when it can. No name may be a prefix of another: `team` + `Afoo`
 * and `teamA` + `foo` would be one topic (hazard D11). For brokers "." and "_" are the same in a topic: `a.b` could not create what `a_b` has,
 * and would be told its name.
 */
export function refuseVirtualCluster(name: string, others: Iterable<string>): string | undefined {
  if (!NAME.test(name)) return `"${name}" is not a virtual cluster name (letters, digits, ".", "_" and "-", at most 100, the first a letter or digit)`;
  for (const other of others) {
    if (other === name) continue;
    const [own, its] = [alike(name), alike(other)];
    if (own === its) return `virtual cluster "${name}" is "${other}" but for "." and "_": brokers take their topics for the same`;
    if (its.startsWith(own)) return `virtual cluster "${name}" is a prefix of "${other}": their topics could not be told apart`;
    if (own.startsWith(its)) return `virtual cluster "${other}" is a prefix of "${name}": their topics could not be told apart`;
  }
  return undefined;
}

function alike(name: string): string {
  return name.replaceAll('.', '_');
}
