import type { AcceptedLoss } from '../shared/admin-api.ts';

/**
 * The records of `_gatewayState`, one topic of one partition on every cluster, never mirrored and never compacted.
 *
 * On the log of the cluster that is *active* nodes and gwctl register: `join`, `leave`, `intent`. On the log of the cluster that is *switched to*
 * the first `commit` or `abort` of a generation decides it; what comes later changes nothing. A decision on another log than that of its `to`
 * is a copy, made after the fact, for readers that cannot reach the other cluster.
 */
export type StateRecord = Join | Leave | Intent | Decision;

export interface Join {
  readonly kind: 'join';
  readonly node: string;
  /** Which start of the node. */
  readonly start: string;
  readonly at: string;
}

/** An orderly end: nobody has to wait for this node. */
export interface Leave {
  readonly kind: 'leave';
  readonly node: string;
  /** Only this start has ended: the record may come late. */
  readonly start: string;
  readonly at: string;
}

/** A run wants to switch; from here on a node that starts must not serve before the generation is decided. */
export interface Intent {
  readonly kind: 'intent';
  readonly generation: number;
  readonly from: string;
  readonly to: string;
  readonly runId: string;
  /** Who started the run: user@host, for the person who finds it. */
  readonly by: string;
  /** How long after `at` the run may go without giving a sign. */
  readonly leaseMs: number;
  readonly at: string;
}

export interface Decision {
  readonly kind: 'commit' | 'abort';
  readonly generation: number;
  readonly from: string;
  readonly to: string;
  readonly runId: string;
  /** A node, or who started the run. */
  readonly by: string;
  readonly at: string;
  /** Of an unplanned switch. */
  readonly loss?: AcceptedLoss;
}

const TEXTS: Readonly<Record<StateRecord['kind'], readonly string[]>> = {
  join: ['node', 'start', 'at'],
  leave: ['node', 'start', 'at'],
  intent: ['from', 'to', 'runId', 'by', 'at'],
  commit: ['from', 'to', 'runId', 'by', 'at'],
  abort: ['from', 'to', 'runId', 'by', 'at'],
};

/** undefined for what is no record of this version: it decides nothing. */
export function parseStateRecord(value: Buffer | null): StateRecord | undefined {
  let record: Record<string, unknown>;
  try {
    record = JSON.parse(value?.toString('utf8') ?? '') as Record<string, unknown>;
  } catch {
    return undefined;
  }
  if (typeof record !== 'object' || record === null) return undefined;
  const kind = record['kind'] as StateRecord['kind'];
  if (!Object.hasOwn(TEXTS, kind) || TEXTS[kind].some((field) => typeof record[field] !== 'string')) return undefined;
  if ((kind === 'commit' || kind === 'abort' || kind === 'intent') && !Number.isSafeInteger(record['generation'])) return undefined;
  if (kind === 'intent' && !(typeof record['leaseMs'] === 'number' && record['leaseMs'] >= 0)) return undefined;
  return record as unknown as StateRecord;
}

export function encodeStateRecord(record: StateRecord): Buffer {
  return Buffer.from(JSON.stringify(record));
}
