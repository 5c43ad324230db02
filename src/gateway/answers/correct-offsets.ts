import type { OffsetQuery } from '../../client/list-offsets.ts';
import { ERROR } from '../../wire/error-codes.ts';
import type { ListOffsetsRequest, ListOffsetsResponse } from '../../wire/generated/list-offsets.ts';
import { API } from '../api-table.ts';
import type { Soon } from '../bytes/soon.ts';
import type { Exchange } from '../connection/exchange-queue.ts';
import type { NodeContext } from '../node-context.ts';

const READ_COMMITTED = 1;

/**
 * After a switch clients ask for offsets by the leaders of the cluster that was left. What a broker does not lead is asked of who does, and put
 * into its answer, in place: @platformatic/kafka asks the same broker four times, and then gives up its stream. What nobody knows
 * is left as it is.
 */
export function correctOffsets({ apiKey, request }: Pick<Exchange, 'apiKey' | 'request'>, body: Record<string, unknown>, node: Pick<NodeContext, 'isSettling' | 'listOffsets'>): Soon<void> {
  if (apiKey !== API.listOffsets || request === undefined || !node.isSettling) return;
  return correct(request as unknown as ListOffsetsRequest, body as unknown as ListOffsetsResponse, node.listOffsets);
}

async function correct(request: ListOffsetsRequest, answer: ListOffsetsResponse, ask: NodeContext['listOffsets']): Promise<void> {
  const isolation = request.isolationLevel === READ_COMMITTED ? 'read_committed' : 'read_uncommitted';
  const refused = answer.topics.flatMap(({ name, partitions }) => partitions.filter(({ errorCode }) => errorCode === ERROR.NOT_LEADER_OR_FOLLOWER).map((partition) => ({ name, partition })));
  const queries = refused.flatMap(({ name, partition: { partitionIndex } }): OffsetQuery[] => {
    const asked = request.topics.find((topic) => topic.name === name)?.partitions.find((partition) => partition.partitionIndex === partitionIndex);
    return asked === undefined ? [] : [{ topic: name, partition: partitionIndex, timestamp: asked.timestamp, isolation }];
  });
  if (queries.length === 0) return;
  const found = await ask(queries).catch(() => []);
  for (const { topic, partition, offset, timestamp, errorCode } of found) {
    const target = refused.find((one) => one.name === topic && one.partition.partitionIndex === partition);
    if (target !== undefined && errorCode === ERROR.NONE) Object.assign(target.partition, { errorCode, offset, timestamp, leaderEpoch: -1 });
  }
}
