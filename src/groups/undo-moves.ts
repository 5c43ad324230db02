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
  const { offsets: there } = await cluster.groupOffsets();
  const now = new Map(there.map((one) => [groupKey(one), one.offset]));
  const ours = offsets.filter((one) => now.get(groupKey(one)) === one.written);
  const back = ours.flatMap(({ group, topic, partition, metadata, before }): GroupOffset[] => (before === null ? [] : [{ group, topic, partition, metadata, offset: before }]));
  const refused = [...(await cluster.commitGroupOffsets(back)), ...(await cluster.deleteGroupOffsets(ours.filter(({ before }) => before === null)))];
  return { restored: ours.length - refused.length, movedOn: offsets.filter((one) => !ours.includes(one)), refused };
}
