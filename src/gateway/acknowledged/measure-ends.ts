import type { KafkaClient } from '../../client/kafka-client.ts';
import { GwctlError } from '../../shared/errors.ts';
import { errorName } from '../../wire/error-codes.ts';
import type { AckMemory, PartitionEnds } from './ack-memory.ts';

const LATEST = -1n;
const TIMEOUT_MS = 10_000;
const RETRY_MS = 500;

/** Where the next record of every partition will be, open transactions included; Kafka's own topics aside. */
async function readEnds(client: KafkaClient): Promise<PartitionEnds> {
  const { topics } = await client.metadata(undefined, { timeoutMs: TIMEOUT_MS });
  const partitions = topics.filter(({ internal }) => !internal).flatMap(({ name, partitions: all }) => all.map(({ index }) => ({ topic: name, partition: index })));
  const answers = await client.listOffsets(partitions.map((partition) => ({ ...partition, timestamp: LATEST, isolation: 'read_uncommitted' as const })), { timeoutMs: TIMEOUT_MS });
  const ends = new Map<string, Map<number, number>>();
  for (const { topic, partition, errorCode, offset } of answers) {
    if (errorCode !== 0) throw new GwctlError('UNAVAILABLE', `the end of ${topic}-${partition} cannot be read: ${errorName(errorCode)}`);
    const ofTopic = ends.get(topic) ?? new Map<number, number>();
    ends.set(topic, ofTopic.set(partition, Number(offset)));
  }
  return ends;
}

/** Wherever the memory has forgotten something, asks the cluster how far that may go; until the answer is called. */
export function keepMeasured(memory: AckMemory, clientOf: (cluster: string) => KafkaClient): () => void {
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const look = async (): Promise<void> => {
    // A cluster that does not answer is asked again: until then the memory says that nobody knows.
    await Promise.all(memory.gaps.map(async (cluster) => memory.measured(cluster, await readEnds(clientOf(cluster))))).catch(() => {});
    if (!isOver) timer = setTimeout(() => void look(), RETRY_MS);
  };
  void look();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
