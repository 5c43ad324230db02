/** What clients and the log say of one load, in the words of Jepsen's kafka workload. Every value is unique. */
export interface History {
  readonly sent: readonly SentRecord[];
  readonly delivered: readonly DeliveredRecord[];
  /** The whole log of the cluster that is active at the end, each partition in offset order. */
  readonly log: readonly LoggedRecord[];
  readonly errors: readonly ClientError[];
}

export interface SentRecord {
  readonly producer: string;
  readonly partition: number;
  /** Grows with each record of a producer. */
  readonly sequence: number;
  readonly value: string;
  /** When the record was due to be sent; later records were due later, whether earlier ones were answered or not. */
  readonly dueAtMs: number;
  /** When its acknowledgement arrived; undefined: nobody knows whether it was written. */
  readonly acknowledgedAtMs: number | undefined;
}

export interface DeliveredRecord {
  readonly consumer: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly value: string;
  readonly atMs: number;
}

export interface LoggedRecord {
  readonly partition: number;
  readonly offset: bigint;
  readonly value: string;
}

export interface ClientError {
  readonly client: string;
  readonly atMs: number;
  readonly message: string;
}
