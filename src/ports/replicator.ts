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
   * For each partition (`topic-n`) pairs of a record's offset on the source and that of its copy, ascending: what the replicator has noted on the
   * way, every hundredth record or so. Empty where it keeps no notes. Hints, not proofs: a topic may have been made anew since.
   */
  syncs(): Promise<ReadonlyMap<string, readonly OffsetSync[]>>;
}

export interface OffsetSync {
  readonly source: bigint;
  readonly target: bigint;
}

export interface ReplicatorHealth {
  readonly connectors: readonly ConnectorState[];
  /** When the newest replicated heartbeat was written on the source; undefined: none was ever replicated. */
  readonly lastHeartbeat: Date | undefined;
}

export interface ConnectorState {
  /** `MirrorSourceConnector`, or `MirrorSourceConnector-0` for its task. */
  readonly name: string;
  readonly state: string;
  /** First line of the stack trace of a failed one. */
  readonly failure: string | undefined;
}
