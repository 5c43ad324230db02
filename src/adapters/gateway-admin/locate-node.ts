import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { within } from '../../checks/observe-unplanned.ts';
import type { Canary } from '../../ports/canary.ts';
import { partitionKey, type KafkaCluster } from '../../ports/kafka-cluster.ts';
import { GwctlError } from '../../shared/errors.ts';
import type { MirrorLink } from '../../topology/topology.ts';

export interface LocateContext {
  readonly canary: Canary;
  readonly clusters: ReadonlyMap<string, KafkaCluster>;
  readonly links: readonly Pick<MirrorLink, 'from' | 'to'>[];
}

/** A cluster that is gone keeps nobody from finding the record on another. */
const CLUSTER_MS = 1500;
const MOST_RECORDS = 1000;
const ATTEMPTS = 5;
const MOVING_MS = 200;

/**
 * Which cluster a node serves, by a record through it: it is the one that has the record, and not as a copy of another that has it, too. Throws
 * UNAVAILABLE when that cannot be told.
 */
export async function locateNode(node: string, { canary, clusters, links }: LocateContext, signal: AbortSignal): Promise<string> {
  const partition = { topic: canary.physicalTopic, partition: 0 };
  const ends = await Promise.all([...clusters].map(async ([name, cluster]) => [name, await within(CLUSTER_MS, name, async () => (await cluster.endOffsets([partition])).get(partitionKey(partition)) ?? 0n)] as const));
  const id = await writeThrough(node, canary, signal);
  const looks = await Promise.all(ends.map(async ([name, end]) => {
    if (!end.ok) return { name, seen: end };
    const seen = await within(CLUSTER_MS, name, async () => (await clusters.get(name)?.readRecords(partition, end.value, MOST_RECORDS))?.some(({ value }) => value?.toString('utf8') === id) === true);
    return { name, seen };
  }));
  const having = looks.filter(({ seen }) => seen.ok && seen.value).map(({ name }) => name);
  const origins = having.filter((name) => !links.some(({ from, to }) => to === name && having.includes(from)));
  const [origin] = origins;
  if (origin !== undefined && origins.length === 1) return origin;
  if (origins.length > 1) throw new GwctlError('UNAVAILABLE', `a record that was written through ${node} is on ${origins.join(' and ')}, so nobody can tell which of them it serves`, { hint: 'does something copy between them that is not under links in gwctl.yaml?' });
  const blind = looks.flatMap(({ name, seen }) => (seen.ok ? [] : [`${name} cannot be read: ${seen.why}`]));
  const read = looks.filter(({ seen }) => seen.ok).map(({ name }) => name);
  throw new GwctlError('UNAVAILABLE', `a record that was written through ${node} is not in ${canary.physicalTopic} of ${read.join(' or ')}${blind.length === 0 ? '' : ` (${blind.join('; ')})`}`, {
    hint: 'gateway.canary in gwctl.yaml says what its topic is called on the clusters; clusters says which there are',
  });
}

/** The value of a record that was written through the node and read back; again, when it was read from another cluster: the node was moved in between. */
async function writeThrough(node: string, canary: Canary, signal: AbortSignal): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const id = `look/${node}/${randomUUID()}`;
    try {
      await canary.prove(node, id, signal);
      return id;
    } catch (reason) {
      if (attempt === ATTEMPTS || GwctlError.from(reason).details['hasMoved'] !== true) throw reason;
      await delay(MOVING_MS, undefined, { signal });
    }
  }
}
