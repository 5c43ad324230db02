/** Produces and reads one record through a gateway node, the way every client goes: with a token, over the Kafka protocol. */
export interface Canary {
  /** Writes `id` through that node and reads it back through it. Throws UNAVAILABLE when it does not arrive in time. */
  prove(node: string, id: string, signal: AbortSignal): Promise<CanaryProof>;
  /** Topic of the canary on the clusters themselves. */
  readonly physicalTopic: string;
}

export interface CanaryProof {
  readonly node: string;
  readonly id: string;
  readonly offset: bigint;
  readonly writeMs: number;
  readonly readMs: number;
}
