import { groupBy } from '../../client/group-by.ts';
import type { KafkaClient } from '../../client/kafka-client.ts';
import { partitionKey, type GroupOffset } from '../../ports/kafka-cluster.ts';

const PARALLEL_GROUPS = 8;

/** What every group of the cluster has committed. */
export async function readGroupOffsets(client: KafkaClient): Promise<GroupOffset[]> {
  const groups = (await client.listGroups()).filter(({ type }) => type !== 'share' && type !== 'streams');
  const all: GroupOffset[] = [];
  await inParallel(groups, async ({ groupId: group }) => {
    for (const { topic, partition, offset, metadata } of await client.offsetFetch(group)) all.push({ group, topic, partition, offset, metadata });
  });
  return all;
}

/** Writes them, reads them back, and answers with those that were not taken: a group that has members here decides for itself. */
export async function commitGroupOffsets(client: KafkaClient, offsets: readonly GroupOffset[]): Promise<GroupOffset[]> {
  const missed: GroupOffset[] = [];
  await inParallel([...groupBy(offsets, ({ group }) => group)], async ([group, wanted]) => {
    const results = await client.offsetCommit(group, wanted);
    const refused = wanted.filter((_, index) => results[index]?.errorCode !== 0);
    const seen = new Map((await client.offsetFetch(group)).map((one) => [partitionKey(one), one.offset]));
    missed.push(...wanted.filter((one) => refused.includes(one) || seen.get(partitionKey(one)) !== one.offset));
  });
  return missed;
}

async function inParallel<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const pending = [...items];
  await Promise.all(
    Array.from({ length: PARALLEL_GROUPS }, async () => {
      for (let next = pending.pop(); next !== undefined; next = pending.pop()) await act(next);
    }),
  );
}
