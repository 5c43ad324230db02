import { groupBy } from '../../client/group-by.ts';
import type { KafkaClient } from '../../client/kafka-client.ts';
import { partitionKey, type CommittedOffsets, type GroupOffset, type GroupPartition, type RefusedOffset } from '../../ports/kafka-cluster.ts';
import { GwctlError } from '../../shared/errors.ts';
import { ERROR, errorName } from '../../wire/error-codes.ts';

const PARALLEL_GROUPS = 8;
/** For the offsets of one group; a coordinator may be loading, a transaction ending. */
const GROUP_MS = 3000;
const OK = 0;
const WITHOUT_MEMBERS: ReadonlySet<string> = new Set(['Empty', 'Dead', 'NotReady', 'Unknown']);

/** What every group of the cluster has committed. */
export async function readGroupOffsets(client: KafkaClient, isFinal = false): Promise<CommittedOffsets> {
  const groups = (await client.listGroups()).filter(({ type }) => type !== 'share' && type !== 'streams');
  const offsets: GroupOffset[] = [];
  const unread: { group: string; why: string }[] = [];
  await inParallel(groups, async ({ groupId: group }) => {
    try {
      for (const { topic, partition, offset, metadata } of await client.offsetFetch(group, { requireStable: isFinal, timeoutMs: GROUP_MS })) offsets.push({ group, topic, partition, offset, metadata });
    } catch (reason) {
      unread.push({ group, why: GwctlError.from(reason).message });
    }
  });
  return { offsets, unread };
}

/** MirrorMaker's own membership is of another protocol. */
export async function readActiveGroups(client: KafkaClient): Promise<string[]> {
  const groups = await client.listGroups();
  return groups.filter(({ protocolType, type, state }) => (protocolType === 'consumer' || type === 'share' || type === 'streams') && !WITHOUT_MEMBERS.has(state)).map(({ groupId }) => groupId).sort();
}

/** Writes them, reads them back, and answers with those that were not taken: a group that has members here decides for itself. */
export async function commitGroupOffsets(client: KafkaClient, offsets: readonly GroupOffset[]): Promise<RefusedOffset[]> {
  return await ofEachGroup(offsets, async (group, wanted) => {
    const results = await client.offsetCommit(group, wanted);
    const seen = await offsetsOf(client, group);
    return wanted.flatMap((one, index) => {
      const code = results[index]?.errorCode ?? ERROR.UNKNOWN_SERVER_ERROR;
      if (code !== OK) return [{ ...one, why: whyNot(code) }];
      const now = seen.get(partitionKey(one));
      return now === one.offset ? [] : [{ ...one, why: `it is at ${now ?? 'none'} a moment later: somebody else writes it, too` }];
    });
  });
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
async function ofEachGroup<T extends GroupPartition>(all: readonly T[], act: (group: string, those: readonly T[]) => Promise<readonly RefusedOffset[]>): Promise<RefusedOffset[]> {
  const refused: RefusedOffset[] = [];
  await inParallel([...groupBy(all, ({ group }) => group)], async ([group, those]) => {
    try {
      refused.push(...(await act(group, those)));
    } catch (reason) {
      refused.push(...those.map((one) => ({ ...one, why: GwctlError.from(reason).message })));
    }
  });
  return refused;
}

async function inParallel<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const pending = [...items];
  await Promise.all(
    Array.from({ length: PARALLEL_GROUPS }, async () => {
      for (let next = pending.pop(); next !== undefined; next = pending.pop()) await act(next);
    }),
  );
}
