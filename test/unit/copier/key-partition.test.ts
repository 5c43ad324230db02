import { expect, test } from 'vitest';
import { keyPartition } from '../../../src/copier/key-partition.ts';

// Hashes that Kafka's own tests fix (UtilsTest.testMurmur2), as partitions of a topic with 2^31 - 1 of them.
test.each([
  { key: '21', hash: -973932308 },
  { key: 'foobar', hash: -790332482 },
  { key: 'a-little-bit-long-string', hash: -985981536 },
  { key: 'a-little-bit-longer-string', hash: -1486304829 },
  { key: 'lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', hash: -58897971 },
])('$key goes where Kafka\'s producers send it', ({ key, hash }) => {
  expect(keyPartition(Buffer.from(key), 0x7fffffff)).toBe((hash & 0x7fffffff) % 0x7fffffff);
});
