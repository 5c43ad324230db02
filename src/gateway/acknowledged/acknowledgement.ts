/** One batch that a broker has written and a producer was told so. Offsets are far below 2^53: plain numbers. */
export interface Acknowledgement {
  /** Physical name. */
  readonly topic: string;
  readonly partition: number;
  /** Offset of its first record. */
  readonly base: number;
  readonly records: number;
  /** As its producer sent them, compressed or not. */
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  /** Its transaction may still be aborted: then these are no records for anybody. */
  readonly isTransactional: boolean;
}

/** Takes what was acknowledged on a cluster. */
export interface AckSink {
  add(cluster: string, acknowledged: readonly Acknowledgement[]): void;
}
