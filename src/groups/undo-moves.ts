import { groupKey, type GroupOffset, type KafkaCluster, type RefusedOffset } from '../ports/kafka-cluster.ts';
import type { UndoOffset } from './undo-file.ts';

export interface Undone {
  readonly restored: number;
  /** Not as they were written any more: somebody has moved them since, and they are left. */
  readonly movedOn: readonly UndoOffset[];
  readonly refused: readonly RefusedOffset[];
}

/** Puts back what stood there before, wherever what was written still stands. */
export async function undoMoves(cluster: KafkaCluster, offsets: readonly UndoOffset[]): Promise<Undone> {
  const { offsets: there, unread } = await cluster.groupOffsets();
  const whyUnread = new Map(unread.map(({ group, why }) => [group, why]));
  const now = new Map(there.map((one) => [groupKey(one), one.offset]));
  const ours = offsets.filter((one) => now.get(groupKey(one)) === one.written);
  const back = ours.flatMap(({ group, topic, partition, metadata, before }): GroupOffset[] => (before === null ? [] : [{ group, topic, partition, metadata, offset: before }]));
  const refused = [...(await cluster.commitGroupOffsets(back)), ...(await cluster.deleteGroupOffsets(ours.filter(({ before }) => before === null)))];
  const unknown = offsets.flatMap((one): RefusedOffset[] => {
    const why = whyUnread.get(one.group);
    return why === undefined || ours.includes(one) ? [] : [{ group: one.group, topic: one.topic, partition: one.partition, why: `what stands there cannot be read: ${why}` }];
  });
  return { restored: ours.length - refused.length, movedOn: offsets.filter((one) => !ours.includes(one) && !whyUnread.has(one.group)), refused: [...refused, ...unknown] };
}
