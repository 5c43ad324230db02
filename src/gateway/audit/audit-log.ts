import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../log.ts';
import { auditRecord, type AuditEvent } from './audit-event.ts';
import { EventThrottle } from './event-throttle.ts';

/** In the active cluster; a tenant never sees it: its name is in no virtual cluster. */
export const AUDIT_TOPIC = '_auditLogs';

/** 90 days: as long as a token lives when nobody says otherwise. */
export const AUDIT_TOPIC_CONFIG = { 'cleanup.policy': 'delete', 'retention.ms': '7776000000' };

export interface AuditLogOptions {
  readonly node: string;
  readonly log: Log;
  /** Writes one batch. Throws while that cannot be: during a switch, or when the cluster does not answer; it is tried again then. */
  readonly write: (values: readonly Buffer[]) => Promise<void>;
  /** Writes are held for a switch: nothing is tried. */
  readonly isHeld: () => boolean;
  readonly maxQueued?: number;
  readonly now?: () => Date;
  readonly throttle?: EventThrottle;
}

/** Who takes events. */
export interface AuditSink {
  /** Never waits and never throws. */
  record(event: AuditEvent): void;
}

/** Some 300 bytes each: a few MiB, and minutes of a busy node while its cluster is away. */
const MAX_QUEUED = 10_000;
const MAX_BATCH = 500;
/** Others that come within this time go along. */
const LINGER_MS = 20;
const RETRY_MS = 500;
const HELD_LOOK_MS = 50;
const TELL_SUPPRESSED_MS = 10_000;

/**
 * Writes what happened on this node to `_auditLogs` of the active cluster, in order, behind the data path: a bounded queue, batches, and
 * another try when it fails. What finds the queue full is counted, and a record says how many there were.
 */
export class AuditLog implements AuditSink {
  readonly #options: AuditLogOptions;
  readonly #maxQueued: number;
  readonly #now: () => Date;
  readonly #throttle: EventThrottle;
  readonly #closing = new AbortController();
  readonly #suppressedTimer: NodeJS.Timeout;
  #queue: Buffer[] = [];
  #sequence = 0;
  #writing: Promise<void> | undefined;
  #dropped = 0;
  #droppedUntold = 0;
  #written = 0;
  #isOver = false;

  constructor(options: AuditLogOptions) {
    this.#options = options;
    this.#maxQueued = options.maxQueued ?? MAX_QUEUED;
    this.#now = options.now ?? (() => new Date());
    this.#throttle = options.throttle ?? new EventThrottle();
    this.#suppressedTimer = setInterval(() => this.#tellSuppressed(), TELL_SUPPRESSED_MS).unref();
  }

  get queued(): number {
    return this.#queue.length;
  }

  get dropped(): number {
    return this.#dropped;
  }

  get written(): number {
    return this.#written;
  }

  record(event: AuditEvent): void {
    if (this.#isOver || !this.#throttle.admits(event)) return;
    this.#push(event);
  }

  #push(event: AuditEvent): void {
    if (this.#queue.length >= this.#maxQueued) {
      if (this.#droppedUntold === 0) this.#options.log.warn(`audit records are dropped: ${this.#maxQueued} wait already`);
      this.#dropped++;
      this.#droppedUntold++;
      return;
    }
    this.#queue.push(this.#encode(event));
    this.#start();
  }

  #start(): void {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
      if (this.#queue.length > 0 && !this.#isOver) this.#start();
    });
  }

  #encode(event: AuditEvent): Buffer {
    this.#sequence++;
    return Buffer.from(JSON.stringify(auditRecord(this.#options.node, this.#sequence, this.#now(), event)));
  }

  async #write(): Promise<void> {
    const { write, isHeld, log } = this.#options;
    let hasComplained = false;
    await delay(LINGER_MS, undefined, { signal: this.#closing.signal }).catch(() => {});
    while (this.#queue.length > 0 && !this.#isOver) {
      if (isHeld()) {
        await delay(HELD_LOOK_MS);
        continue;
      }
      const batch = this.#queue.slice(0, MAX_BATCH);
      try {
        await write(batch);
        this.#queue = this.#queue.slice(batch.length);
        this.#written += batch.length;
        hasComplained = false;
        this.#tellDropped();
      } catch (reason) {
        if (!hasComplained && !isHeld()) log.warn(`audit records wait: ${reason instanceof Error ? reason.message : String(reason)}`, { queued: this.#queue.length });
        hasComplained = true;
        await delay(RETRY_MS);
      }
    }
  }

  #tellDropped(): void {
    if (this.#droppedUntold === 0) return;
    const count = this.#droppedUntold;
    this.#droppedUntold = 0;
    this.#options.log.warn('audit records were dropped', { count });
    this.#push({ kind: 'dropped', details: { count } });
  }

  #tellSuppressed(): void {
    for (const [of, count] of this.#throttle.takeSuppressed()) this.#push({ kind: 'suppressed', details: { of, count } });
  }

  /** Writes what is left, at most for `deadlineMs`; what is left then is lost, and said in the log. Nothing is taken any more. */
  async close(deadlineMs: number): Promise<void> {
    clearInterval(this.#suppressedTimer);
    this.#tellSuppressed();
    this.#closing.abort();
    const over = new AbortController();
    await Promise.race([this.#writing, delay(deadlineMs, undefined, { signal: over.signal }).catch(() => {})]);
    over.abort();
    this.#isOver = true;
    if (this.#queue.length > 0) this.#options.log.warn('audit records are lost: they could not be written before the node ended', { count: this.#queue.length });
  }
}
