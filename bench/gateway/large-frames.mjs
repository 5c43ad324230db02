// Produces one batch of 95 MB and fetches it again, each in one frame, AT_ONCE times side by side, each in a partition of its own.
// usage: node large-frames.mjs TARGET_JSON TOPIC AT_ONCE
import { randomFillSync } from 'node:crypto';
import { encodeRecordBatch } from '../../build/wire/encode-record-batch.js';
import { BATCH } from '../../build/wire/record-batch.js';
import { MAX_MESSAGE_BYTES } from './layout.mjs';
import { openClient } from './topics.mjs';

const RECORD_BYTES = 1_000_000;
const RECORDS = 95;
const [targetJson, topic, atOnceText] = process.argv.slice(2);
const target = JSON.parse(targetJson);
const value = randomFillSync(Buffer.alloc(RECORD_BYTES));
const timestamp = BigInt(Date.now());
const batch = encodeRecordBatch(Array.from({ length: RECORDS }, () => ({ key: null, value, timestamp })));
await Promise.all(Array.from({ length: Number(atOnceText) }, (_, partition) => sendAndRead(partition)));

async function sendAndRead(partition) {
  const client = openClient(target, { maxResponseBytes: 2 * MAX_MESSAGE_BYTES, requestTimeoutMs: 120_000 });
  try {
    const offset = await client.produce(topic, partition, batch);
    const { records } = await client.fetch(topic, partition, offset, { maxBytes: MAX_MESSAGE_BYTES, maxWaitMs: 0, isolation: 'read_uncommitted' });
    // The checksum covers all but the first bytes, which the broker changes.
    const isSame = records.length === batch.length && records.subarray(BATCH.crc).equals(batch.subarray(BATCH.crc));
    if (!isSame) throw new Error(`partition ${partition}: ${records.length} bytes came back for ${batch.length}, or other ones`);
  } finally {
    client.close();
  }
}
