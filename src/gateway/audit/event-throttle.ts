import { TokenBucket } from '../limits/token-bucket.ts';
import type { AuditEvent, AuditKind } from './audit-event.ts';

/** What anybody can cause as often as they like, without being let in or allowed anything. */
const THROTTLED: ReadonlySet<AuditKind> = new Set(['login-refused', 'connection-refused', 'denied']);

/** Of one source: one virtual cluster, user and address. */
const SOURCE = { perSecond: 1, burst: 10 } as const;
/** Of one kind, whoever is the source: an attacker may have many addresses. */
const KIND = { perSecond: 50, burst: 500 } as const;
const MAX_SOURCES = 1000;
/** Anybody may claim to be a user of any name. */
const LONGEST_USER = 200;

/** Keeps refusals from flooding the log: the first of each source are let through, the rest counted. */
export class EventThrottle {
  readonly #now: () => number;
  readonly #kinds = new Map<string, TokenBucket>();
  readonly #sources = new Map<string, TokenBucket>();
  readonly #suppressed = new Map<AuditKind, number>();

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Whether it is recorded; false: it is counted instead. */
  admits({ kind, virtualCluster, user, address }: AuditEvent): boolean {
    if (!THROTTLED.has(kind)) return true;
    const source = [kind, virtualCluster, user?.slice(0, LONGEST_USER), address].join(' ');
    if (this.#bucket(this.#sources, source, SOURCE).tryTake() && this.#bucket(this.#kinds, kind, KIND).tryTake()) return true;
    this.#suppressed.set(kind, (this.#suppressed.get(kind) ?? 0) + 1);
    return false;
  }

  /** How many were left out of each kind since the last call. */
  takeSuppressed(): ReadonlyMap<AuditKind, number> {
    const suppressed = new Map(this.#suppressed);
    this.#suppressed.clear();
    return suppressed;
  }

  #bucket(buckets: Map<string, TokenBucket>, key: string, { perSecond, burst }: { readonly perSecond: number; readonly burst: number }): TokenBucket {
    const bucket = buckets.get(key) ?? new TokenBucket(perSecond, burst, this.#now);
    // Deleted first, so that the order of the map is that of the last use.
    buckets.delete(key);
    buckets.set(key, bucket);
    const [oldest] = buckets.keys();
    if (buckets.size > MAX_SOURCES && oldest !== undefined) buckets.delete(oldest);
    return bucket;
  }
}
