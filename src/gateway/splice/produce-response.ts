/** One batch that a broker has written. */
export interface WrittenBatch {
  readonly index: number;
  readonly errorCode: 0;
  readonly baseOffset: bigint;
}

export interface PlainProduced {
  /** The client's frame, size included. */
  readonly frame: Buffer;
  /** As the broker calls it. */
  readonly topic: string;
  readonly written: readonly WrittenBatch[];
}

/** The first flexible version of Produce. */
const FIRST_FLEXIBLE = 9;
/** Of a compact list or string with so many elements, in one byte; 0 is null. */
const NULL = 0;
const EMPTY = 1;
const ONE = 2;
const NO_TAGS = 0;
/** Below it a varint is one byte. */
const VARINT_END = 0x80;
const NAME_AT = 7;
/** index error baseOffset appendTime startOffset recordErrors message tags */
const PARTITION_BYTES = 33;
const AT = { error: 4, baseOffset: 6, recordErrors: 30, message: 31, tags: 32 } as const;
const END_BYTES = 6;

/**
 * The client's answer to a Produce request of one topic, made of the broker's answer (version 9 to 12, without its size) where all was
 * written: then nothing changes but how the topic is called, which `renamed` says in the client's encoding. undefined: there is something to
 * look at (an error, a tagged field, several topics, another version), and the answer has to be decoded.
 *
 *   correlationId tags | topics=1 [name partitions [index error=0 offset time start errors=0 message=null tags=0]… tags=0] throttle tags=0
 */
export function plainProduceResponse(answer: Buffer, brokerVersion: number, throttleMs: number, renamed: (topic: string) => Buffer | undefined): PlainProduced | undefined {
  if (brokerVersion < FIRST_FLEXIBLE || answer.length < NAME_AT || answer[4] !== NO_TAGS || answer[5] !== ONE) return undefined;
  const nameEnd = NAME_AT - 1 + (answer[6] as number);
  const partitions = (answer[nameEnd] ?? 0) - 1;
  const end = nameEnd + 1 + partitions * PARTITION_BYTES;
  if ((answer[6] as number) >= VARINT_END || (answer[6] as number) < ONE || partitions < 1 || partitions >= VARINT_END - 1 || answer.length !== end + END_BYTES) return undefined;
  if (answer[end] !== NO_TAGS || answer[end + END_BYTES - 1] !== NO_TAGS) return undefined;
  const written: WrittenBatch[] = [];
  for (let at = nameEnd + 1; at < end; at += PARTITION_BYTES) {
    if (answer.readInt16BE(at + AT.error) !== 0 || answer[at + AT.recordErrors] !== EMPTY || answer[at + AT.message] !== NULL || answer[at + AT.tags] !== NO_TAGS) return undefined;
    written.push({ index: answer.readInt32BE(at), errorCode: 0, baseOffset: answer.readBigInt64BE(at + AT.baseOffset) });
  }
  const topic = answer.toString('utf8', NAME_AT, nameEnd);
  const name = renamed(topic);
  if (name === undefined) return undefined;
  const frame = Buffer.allocUnsafe(4 + 6 + name.length + answer.length - nameEnd);
  frame.writeInt32BE(frame.length - 4, 0);
  answer.copy(frame, 4, 0, 6);
  name.copy(frame, 10);
  answer.copy(frame, 10 + name.length, nameEnd);
  const throttleAt = frame.length - END_BYTES + 1;
  if (throttleMs > frame.readInt32BE(throttleAt)) frame.writeInt32BE(throttleMs, throttleAt);
  return { frame, topic, written };
}
