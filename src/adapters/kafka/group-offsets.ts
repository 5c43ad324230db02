import { groupBy } from '../../client/group-by.ts';
import type { KafkaClient } from '../../client/kafka-client.ts';
import { groupKey, partitionKey, type CommittedOffsets, type GroupOffset, type GroupPartition, type RefusedOffset } from '../../ports/kafka-cluster.ts';
import { GwctlError } from '../../shared/errors.ts';
import { ERROR, errorName } from '../../wire/error-codes.ts';
import { offsetFetchApi } from '../../wire/generated/offset-fetch.ts';

const PARALLEL_GROUPS = 8;
/** A commit waits for the other brokers, and a connection for the commit before. */
const COMMIT_LANES = 8;
const PARALLEL_COMMITS = 32;
/** For the offsets of one group; a coordinator may be loading, a transaction ending. */
const GROUP_MS = 3000;
const GROUPS_OF_A_REQUEST = 200;
const OK = 0;
const WITHOUT_MEMBERS: ReadonlySet<string> = new Set(['Empty', 'Dead', 'NotReady', 'Unknown']);

/** What every group of the cluster has committed. */
export async function readGroupOffsets(client: KafkaClient, isFinal = false): Promise<CommittedOffsets> {
  const groups = (await client.listGroups()).filter(({ type }) => type !== 'share' && type !== 'streams');
  const offsets: GroupOffset[] = [];
  const unread: { group: string; why: string }[] = [];
  const single: string[] = [];
  await Promise.all([...groupBy(groups, ({ coordinatorId }) => coordinatorId)].map(async ([brokerId, those]) => {
    for (let at = 0; at < those.length; at += GROUPS_OF_A_REQUEST) {
      const names = those.slice(at, at + GROUPS_OF_A_REQUEST).map(({ groupId }) => groupId);
      const found = await offsetsOfMany(client, brokerId, names, isFinal).catch(() => new Map<string, GroupOffset[]>());
      for (const name of names) {
        const its = found.get(name);
        if (its === undefined) single.push(name);
        else offsets.push(...its);
      }
    }
  }));
  // Whose coordinator has moved, is loading, or waits for a transaction.
  await inParallel(single, async (group) => {
    try {
      for (const { topic, partition, offset, metadata } of await client.offsetFetch(group, { requireStable: isFinal, timeoutMs: GROUP_MS })) offsets.push({ group, topic, partition, offset, metadata });
    } catch (reason) {
      unread.push({ group, why: GwctlError.from(reason).message });
    }
  });
  return { offsets, unread };
}

/** With one request to their coordinator; those with any error are left out. Brokers older than Kafka 3.0 know no such request: all are left out. */
async function offsetsOfMany(client: KafkaClient, brokerId: number, groups: readonly string[], requireStable: boolean): Promise<Map<string, GroupOffset[]>> {
  const answer = await client.send({ kind: 'broker', brokerId }, offsetFetchApi, { groups: groups.map((groupId) => ({ groupId, topics: null })), requireStable }, { timeoutMs: GROUP_MS });
  const found = new Map<string, GroupOffset[]>();
  for (const { groupId: group, errorCode, topics } of answer.groups) {
    const all = topics.flatMap(({ name: topic, partitions }) => partitions.map((one) => ({ topic, ...one })));
    if (errorCode !== OK || all.some((one) => one.errorCode !== OK)) continue;
    found.set(group, all.filter(({ committedOffset }) => committedOffset >= 0n).map(({ topic, partitionIndex: partition, committedOffset: offset, metadata }) => ({ group, topic, partition, offset, metadata: metadata ?? '' })));
  }
  return found;
}

/** MirrorMaker's own membership is of another protocol. */
export async function readActiveGroups(client: KafkaClient): Promise<string[]> {
  const groups = await client.listGroups();
  return groups.filter(({ protocolType, type, state }) => (protocolType === 'consumer' || type === 'share' || type === 'streams') && !WITHOUT_MEMBERS.has(state)).map(({ groupId }) => groupId).sort();
}

/** Writes them, reads them back, and answers with those that were not taken: a group that has members here decides for itself. */
export async function commitGroupOffsets(client: KafkaClient, offsets: readonly GroupOffset[]): Promise<RefusedOffset[]> {
  if (offsets.length === 0) return [];
  await client.learnCoordinators('group', [...new Set(offsets.map(({ group }) => group))]).catch(() => {});
  const refused = await ofEachGroup(offsets, async (group, wanted, worker) => {
    const results = await client.offsetCommit(group, wanted, { lane: `commit ${worker % COMMIT_LANES}` });
    return wanted.flatMap((one, index) => (results[index]?.errorCode === OK ? [] : [{ ...one, why: whyNot(results[index]?.errorCode ?? ERROR.UNKNOWN_SERVER_ERROR) }]));
  }, PARALLEL_COMMITS);
  const failed = new Set(refused.map(groupKey));
  const seen = new Map((await readGroupOffsets(client)).offsets.map((one) => [groupKey(one), one.offset]));
  const other = offsets.filter((one) => !failed.has(groupKey(one)) && seen.get(groupKey(one)) !== one.offset);
  return [...refused, ...other.map((one) => ({ ...one, why: `it is at ${seen.get(groupKey(one)) ?? 'none'} a moment later: somebody else writes it, too` }))];
}

/** Takes them away, and answers with those that are still there. */
export async function deleteGroupOffsets(client: KafkaClient, offsets: readonly GroupPartition[]): Promise<RefusedOffset[]> {
  return await ofEachGroup(offsets, async (group, unwanted) => {
    const results = await client.offsetDelete(group, unwanted);
    const seen = await offsetsOf(client, group);
    return unwanted.flatMap((one, index) => (seen.has(partitionKey(one)) ? [{ ...one, why: whyNot(results[index] ?? ERROR.UNKNOWN_SERVER_ERROR) }] : []));
  });
}

async function offsetsOf(client: KafkaClient, group: string): Promise<Map<string, bigint>> {
  return new Map((await client.offsetFetch(group)).map((one) => [partitionKey(one), one.offset]));
}

function whyNot(errorCode: number): string {
  if (errorCode === ERROR.UNKNOWN_MEMBER_ID || errorCode === ERROR.REBALANCE_IN_PROGRESS || errorCode === ERROR.NON_EMPTY_GROUP || errorCode === ERROR.GROUP_SUBSCRIBED_TO_TOPIC) return `the group has members there (${errorName(errorCode)})`;
  return errorName(errorCode);
}

/** One group that fails says nothing about the others. */
async function ofEachGroup<T extends GroupPartition>(all: readonly T[], act: (group: string, those: readonly T[], worker: number) => Promise<readonly RefusedOffset[]>, parallel = PARALLEL_GROUPS): Promise<RefusedOffset[]> {
  const refused: RefusedOffset[] = [];
  await inParallel([...groupBy(all, ({ group }) => group)], async ([group, those], worker) => {
    try {
      refused.push(...(await act(group, those, worker)));
    } catch (reason) {
      refused.push(...those.map((one) => ({ ...one, why: GwctlError.from(reason).message })));
    }
  }, parallel);
  return refused;
}

async function inParallel<T>(items: readonly T[], act: (item: T, worker: number) => Promise<void>, parallel = PARALLEL_GROUPS): Promise<void> {
  const pending = [...items];
  await Promise.all(
    Array.from({ length: parallel }, async (_, worker) => {
      for (let next = pending.pop(); next !== undefined; next = pending.pop()) await act(next, worker);
    }),
  );
}
