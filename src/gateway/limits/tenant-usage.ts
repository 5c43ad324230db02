import { counted } from '../../shared/counted.ts';
import type { TenantLimits } from '../../topology/topology.ts';
import { ByteBudget } from './byte-budget.ts';
import { TokenBucket } from './token-bucket.ts';

/** What one virtual cluster uses of this node, and what it may. */
export class TenantUsage {
  readonly virtualCluster: string;
  readonly bytes: ByteBudget;
  readonly #maxConnections: number;
  readonly #bucket: TokenBucket | undefined;
  #connections = 0;
  #refusedConnections = 0;
  #throttledRequests = 0;

  constructor(virtualCluster: string, { maxConnections, requestsPerSecond, requestBurst, maxBytesInFlight }: TenantLimits, now?: () => number) {
    this.virtualCluster = virtualCluster;
    this.#maxConnections = maxConnections;
    this.#bucket = requestsPerSecond === undefined ? undefined : new TokenBucket(requestsPerSecond, requestBurst, now);
    this.bytes = new ByteBudget(maxBytesInFlight);
  }

  get connections(): number {
    return this.#connections;
  }

  get refusedConnections(): number {
    return this.#refusedConnections;
  }

  get throttledRequests(): number {
    return this.#throttledRequests;
  }

  /** Counts one more connection, or says why there may be none; whoever was let in calls `leave` once. */
  enter(): string | undefined {
    if (this.#connections >= this.#maxConnections) {
      this.#refusedConnections++;
      return `virtual cluster ${this.virtualCluster} has ${counted(this.#connections, 'connection')} to this gateway node (allowed: ${this.#maxConnections})`;
    }
    this.#connections++;
    return undefined;
  }

  leave(): void {
    this.#connections--;
  }

  /** Counts one request; the answer is how long its sender must wait before the next one, in milliseconds. */
  throttle(): number {
    const waitMs = this.#bucket?.take() ?? 0;
    if (waitMs > 0) this.#throttledRequests++;
    return waitMs;
  }
}

const UNLIMITED: TenantLimits = { maxConnections: Infinity, maxBytesInFlight: Infinity };

export interface NodeLimitsOptions {
  readonly limits: TenantLimits;
  readonly tenantLimits: Readonly<Record<string, TenantLimits>>;
  /** Virtual clusters without any limit. */
  readonly exempt: ReadonlySet<string>;
}

/** The usage of every virtual cluster that has logged in to this node, each for itself. */
export class NodeLimits {
  readonly #options: NodeLimitsOptions;
  readonly #usages = new Map<string, TenantUsage>();

  constructor(options: NodeLimitsOptions) {
    this.#options = options;
  }

  usageOf(virtualCluster: string): TenantUsage {
    let usage = this.#usages.get(virtualCluster);
    if (usage === undefined) {
      const { limits, tenantLimits, exempt } = this.#options;
      const own = Object.hasOwn(tenantLimits, virtualCluster) ? tenantLimits[virtualCluster] : undefined;
      usage = new TenantUsage(virtualCluster, exempt.has(virtualCluster) ? UNLIMITED : (own ?? limits));
      this.#usages.set(virtualCluster, usage);
    }
    return usage;
  }

  all(): Iterable<TenantUsage> {
    return this.#usages.values();
  }
}
