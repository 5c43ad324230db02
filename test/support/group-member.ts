import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { KafkaClient } from '../../src/client/kafka-client.ts';
import { GwctlError } from '../../src/shared/errors.ts';
import { consumerGroupHeartbeatApi } from '../../src/wire/generated/consumer-group-heartbeat.ts';
import { readRecordBatches } from '../../src/wire/record-batch.ts';

/** A member of a KIP-848 group that subscribes to one topic. Like real ones it commits now and then, and before it gives up a partition. */
export interface GroupMember {
  /** In the order in which they came. */
  readonly seen: readonly string[];
  readonly owned: ReadonlySet<number>;
  readonly errors: readonly string[];
  stop(): Promise<void>;
}

/** Its pace, not a wait for anything. */
const PACE_MS = 50;
const COMMIT_EVERY_LOOPS = 200;
const REJOIN: ReadonlySet<number> = new Set([25, 110]); // UNKNOWN_MEMBER_ID, FENCED_MEMBER_EPOCH
const LOADING: ReadonlySet<number> = new Set([14, 15, 16]);
/** Between two heartbeats, also while a node leaves partitions out. */
const FETCH_MS = 1000;
/** Few, so that there is always something left to read. */
const MAX_BYTES = 300;

export function startGroupMember(client: KafkaClient, groupId: string, topic: string): GroupMember {
  const memberId = randomUUID();
  const seen: string[] = [];
  const errors: string[] = [];
  const positions = new Map<number, bigint>();
  const owned = new Set<number>();
  const over = new AbortController();
  let epoch = 0;
  let topicId = '';
  let wanted: readonly number[] = [];
  let hasNews = true;

  const commit = async (): Promise<void> => {
    const offsets = [...owned].flatMap((partition) => (positions.has(partition) ? [{ topic, partition, offset: positions.get(partition) ?? 0n }] : []));
    if (offsets.length === 0) return;
    const results = await client.offsetCommit(groupId, offsets, { member: { memberId, generationId: epoch } });
    for (const { errorCode } of results) if (errorCode !== 0) errors.push(`commit: ${errorCode}`);
  };
  const heartbeat = async (): Promise<void> => {
    const topicPartitions = epoch === 0 ? [] : hasNews ? (owned.size === 0 ? [] : [{ topicId, partitions: [...owned] }]) : null;
    const joining = epoch === 0 ? { rebalanceTimeoutMs: 30_000, subscribedTopicNames: [topic] } : {};
    const { errorCode, memberEpoch, assignment } = await client.send({ kind: 'group', groupId }, consumerGroupHeartbeatApi, { groupId, memberId, memberEpoch: epoch, topicPartitions, ...joining }, { timeoutMs: 30_000 });
    if (REJOIN.has(errorCode)) {
      epoch = 0;
      wanted = [];
      owned.clear();
    } else if (errorCode === 0) {
      epoch = memberEpoch;
      hasNews = false;
      if (assignment !== null) {
        topicId = assignment.topicPartitions[0]?.topicId ?? topicId;
        wanted = assignment.topicPartitions.flatMap(({ partitions }) => partitions);
      }
    } else if (!LOADING.has(errorCode)) errors.push(`heartbeat: ${errorCode}`);
  };
  const adjust = async (): Promise<void> => {
    const isRevoked = [...owned].some((partition) => !wanted.includes(partition));
    const fresh = wanted.filter((partition) => !owned.has(partition));
    if (!isRevoked && fresh.length === 0) return;
    if (isRevoked) await commit();
    for (const partition of [...owned]) if (!wanted.includes(partition)) owned.delete(partition);
    if (fresh.length > 0) {
      const committed = new Map((await client.offsetFetch(groupId)).map(({ partition, offset }) => [partition, offset]));
      for (const partition of fresh) {
        positions.set(partition, committed.get(partition) ?? 0n);
        owned.add(partition);
      }
    }
    hasNews = true;
  };
  const read = async (): Promise<void> => {
    for (const partition of owned) {
      const position = positions.get(partition) ?? 0n;
      const fetched = await client.fetch(topic, partition, position, { maxBytes: MAX_BYTES, maxWaitMs: 0, isolation: 'read_uncommitted', timeoutMs: FETCH_MS }).catch(undefinedIfLeftOut);
      for (const batch of readRecordBatches(fetched?.records ?? Buffer.alloc(0))) {
        for (const { offset, value } of batch.records()) {
          if (offset < (positions.get(partition) ?? 0n)) continue;
          seen.push(String(value));
          positions.set(partition, offset + 1n);
        }
      }
    }
  };
  const running = (async () => {
    for (let loop = 1; !over.signal.aborted; loop++) {
      try {
        await heartbeat();
        await adjust();
        await read();
        if (loop % COMMIT_EVERY_LOOPS === 0) await commit();
      } catch (reason) {
        errors.push((reason as Error).message);
      }
      await delay(PACE_MS);
    }
  })();
  return {
    seen,
    errors,
    owned,
    stop: async () => {
      over.abort();
      await running;
    },
  };
}

/** While groups are drained a node leaves partitions out of its answers. Consumers take that for nothing new; our own client, which reads logs, asks again until its time is up. */
function undefinedIfLeftOut(reason: unknown): undefined {
  if (!(reason instanceof GwctlError) || !reason.message.endsWith('the answer does not have the partition')) throw reason;
}
