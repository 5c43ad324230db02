import { open } from 'node:fs/promises';

export const TAIL_LINES = 15;
const MAX_TAIL_BYTES = 16 * 1024;

/** The last lines of a log file, without reading more than its end; none when there is no file. */
export async function readLogTail(path: string, lines = TAIL_LINES): Promise<readonly string[]> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return [];
  try {
    const { size } = await file.stat();
    const length = Math.min(size, MAX_TAIL_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    const text = buffer.subarray(0, bytesRead).toString('utf8');
    return text.split('\n').filter((line) => line.trim() !== '').slice(-lines);
  } finally {
    await file.close();
  }
}
