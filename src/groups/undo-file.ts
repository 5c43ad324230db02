import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { GroupPartition } from '../ports/kafka-cluster.ts';
import { GwctlError } from '../shared/errors.ts';

/** What was written to a cluster, and what stood there before: enough to put it back. */
export interface UndoRecord {
  readonly cluster: string;
  /** ISO 8601. */
  readonly at: string;
  readonly by: string;
  readonly offsets: readonly UndoOffset[];
}

export interface UndoOffset extends GroupPartition {
  readonly written: bigint;
  /** null: the group had committed nothing there. */
  readonly before: bigint | null;
  readonly metadata: string;
}

const VERSION = 1;
const PRIVATE = 0o600;

/** Writes it before anything is changed; answers with the file's name. */
export async function writeUndoFile(environmentDir: string, record: UndoRecord): Promise<string> {
  const file = join(environmentDir, 'groups', `undo-${record.at.replaceAll(/[-:]/g, '').replace('.', '-')}.json`);
  const offsets = record.offsets.map((one) => ({ ...one, written: String(one.written), before: one.before === null ? null : String(one.before) }));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify({ version: VERSION, ...record, offsets }, null, 2)}\n`, { mode: PRIVATE, flag: 'wx' });
  return file;
}

/** Throws USAGE for a file that is none of ours. */
export async function readUndoFile(file: string): Promise<UndoRecord> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (reason) {
    throw new GwctlError('USAGE', `${file} cannot be read: ${reason instanceof Error ? reason.message : String(reason)}`);
  }
  const record = parse(text);
  if (record === undefined) throw new GwctlError('USAGE', `${file} is not an undo file of gwctl groups --apply (allowed: version ${VERSION})`);
  return record;
}

function parse(text: string): UndoRecord | undefined {
  try {
    const { version, cluster, at, by, offsets } = JSON.parse(text) as Record<string, unknown>;
    if (version !== VERSION || typeof cluster !== 'string' || typeof at !== 'string' || typeof by !== 'string' || !Array.isArray(offsets)) return undefined;
    return { cluster, at, by, offsets: offsets.map(readOffset) };
  } catch {
    return undefined;
  }
}

function readOffset(entry: unknown): UndoOffset {
  const { group, topic, partition, written, before, metadata } = entry as Record<string, unknown>;
  if (typeof group !== 'string' || typeof topic !== 'string' || typeof partition !== 'number' || typeof written !== 'string' || typeof metadata !== 'string') throw new TypeError('not an offset');
  if (before !== null && typeof before !== 'string') throw new TypeError('not an offset');
  return { group, topic, partition, written: BigInt(written), before: before === null ? null : BigInt(before), metadata };
}
