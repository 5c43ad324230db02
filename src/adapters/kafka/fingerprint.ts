import { createHash } from 'node:crypto';
import type { RecordFingerprint } from '../../ports/kafka-cluster.ts';
import type { KafkaRecord } from '../../wire/record-batch.ts';

/** Of 27: enough that two records of one partition never share one by chance. */
const DIGITS = 20;

/** What replication keeps of a record: two that differ in time, key or value have another hash. */
export function fingerprint({ offset, timestamp, key, value }: Pick<KafkaRecord, 'offset' | 'timestamp' | 'key' | 'value'>): RecordFingerprint {
  const head = Buffer.alloc(12);
  head.writeBigInt64BE(timestamp);
  head.writeInt32BE(key?.length ?? -1, 8);
  const hash = createHash('sha1').update(head);
  if (key !== null) hash.update(key);
  hash.update(value === null ? '-' : '+');
  if (value !== null) hash.update(value);
  return { offset, hash: hash.digest('base64').slice(0, DIGITS) };
}
