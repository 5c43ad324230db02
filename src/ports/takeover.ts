import type { TopicPartition } from './kafka-cluster.ts';

/** The replication of one link in gwctl's own hands: the replicator's process is held and fenced, and gwctl copies in its place. */
export interface Takeover {
  /** Why the replicator's process is held; undefined: it is not. */
  heldBecause(): Promise<string | undefined>;
  /**
   * Ends the replicator's process for good (`up` leaves it alone), fences it, and copies from where it was. Returns when the copier has begun;
   * whether it gets on is told by its waits. Safe to repeat, also by another gwctl: the one before can write nothing more.
   */
  begin(runId: string, partitions: readonly TopicPartition[]): Promise<Copying>;
  /** Of `begin` in this process; undefined before it and after the end. */
  readonly copying: Copying | undefined;
  /** Ends the copier, and starts the replicator's process again, which goes on where the copier was. Safe to repeat. */
  giveBack(): Promise<void>;
  /** Ends the copier, and leaves the replicator's process held with this reason. Safe to repeat. */
  retire(reason: string): Promise<void>;
  /** Ends the copier and nothing else. */
  close(): Promise<void>;
}

/** What gwctl copies meanwhile. */
export interface Copying {
  readonly copied: { readonly records: number; readonly transactions: number };
  /** Topics that were deleted on the source meanwhile. */
  readonly leftOut: ReadonlySet<string>;
  /** Copies these, too, and makes on the target what is missing there. Answers with those that are new. Throws CHECK_FAILED for a topic that was deleted before. */
  include(partitions: readonly TopicPartition[]): Promise<readonly TopicPartition[]>;
  /** How old what the target has is at most. Infinity while that is not known. */
  behindMs(): number;
  /** Resolves when the target is at most as far behind as is allowed by then. Throws what ended the copier, or the signal's reason. */
  awaitWithin(allowedMs: () => number, signal: AbortSignal): Promise<void>;
  /** Resolves when every partition (`topic-n`) is there up to this offset, which is not included. Throws as `awaitWithin`, and CHECK_FAILED for one that it does not copy. */
  awaitEnds(ends: ReadonlyMap<string, bigint>, signal: AbortSignal): Promise<void>;
}
