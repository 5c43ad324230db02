/** What copies one cluster to another, as seen from outside. */
export interface Replicator {
  /** `main->failover` */
  readonly link: string;
  health(): Promise<ReplicatorHealth>;
  /**
   * For each partition (`topic-n`) the source offset of the last record that is on the target for good. Keeps what it has read: later calls
   * only read what is new.
   */
  positions(): Promise<ReadonlyMap<string, bigint>>;
  /**
   * When this returns, nothing more of it arrives on the target in its transactions, and `positions` are final; a process that lives has to be
   * stopped as well, or it starts its tasks anew. Needs neither the source nor the replicator itself. Throws UNAVAILABLE.
   */
  fence(): Promise<ReplicatorFence>;
  /**
   * For each partition (`topic-n`) pairs of a record's offset on the source and that of its copy, ascending: what the replicator has noted on the
   * way, every hundredth record or so. Empty where it keeps no notes. Hints, not proofs: a topic may have been made anew since.
   */
  syncs(): Promise<ReadonlyMap<string, readonly OffsetSync[]>>;
}

export interface ReplicatorFence {
  /** That were taken over; none: it is not exactly-once, or has never copied, and nothing is fenced. */
  readonly transactionalIds: readonly string[];
  /** Brokers of the target that did not answer: there may be ids that only they know. */
  readonly silentBrokers: readonly number[];
}

export interface OffsetSync {
  readonly source: bigint;
  readonly target: bigint;
}

export interface ReplicatorHealth {
  readonly connectors: readonly ConnectorState[];
  /** When the newest replicated heartbeat was written on the source; undefined: none was ever replicated. */
  readonly lastHeartbeat: Date | undefined;
  /** It writes records and its positions in the same transactions; undefined: nobody could tell. */
  readonly isExactlyOnce?: boolean;
}

export interface ConnectorState {
  /** `MirrorSourceConnector`, or `MirrorSourceConnector-0` for its task. */
  readonly name: string;
  readonly state: string;
  /** First line of the stack trace of a failed one. */
  readonly failure: string | undefined;
}
