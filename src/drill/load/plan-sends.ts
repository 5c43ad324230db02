export interface SendPlanOptions {
  readonly load: string;
  readonly producer: string;
  readonly partitions: number;
  readonly intervalMs: number;
  readonly startMs: number;
}

export interface PlannedSend {
  readonly sequence: number;
  readonly partition: number;
  readonly value: string;
  readonly dueAtMs: number;
}

/** What one producer has to send and when; the time is the caller's. */
export interface SendPlan {
  /** Everything that is due and was not taken, at most MAX_BATCH_RECORDS, oldest first. */
  takeDue(nowMs: number): readonly PlannedSend[];
  nextDueMs(): number;
}

const MAX_BATCH_RECORDS = 500;

/** One record every `intervalMs`, on the partitions in turn, each with a value that nobody else sends. */
export function planSends({ load, producer, partitions, intervalMs, startMs }: SendPlanOptions): SendPlan {
  let sequence = 0;
  const nextDueMs = (): number => startMs + sequence * intervalMs;
  return {
    nextDueMs,
    takeDue(nowMs) {
      const due: PlannedSend[] = [];
      while (nextDueMs() <= nowMs && due.length < MAX_BATCH_RECORDS) {
        due.push({ sequence, partition: sequence % partitions, value: `${load}/${producer}/${sequence}`, dueAtMs: nextDueMs() });
        sequence += 1;
      }
      return due;
    },
  };
}
