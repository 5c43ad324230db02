import type { Socket } from 'node:net';
import type { MetricSnapshot } from './metrics.ts';
import type { SwitchEffects } from './switch/switch-controller.ts';

/**
 * What serves the clients of a node: in the node's own process (local-serving.ts), or in several (workers/worker-pool.ts). What decides, the
 * switch controller and the admin API, knows only this. Every order of a switch may be repeated; it is done when it resolves.
 */
export interface Serving extends Omit<SwitchEffects, 'drain' | 'flip' | 'remember' | 'decision' | 'laterCommit' | 'posture'> {
  /** What the cluster has not answered is not waited for: no answer of it reaches a client any more when it resolves; the gate is closed. */
  cutOff(): Promise<void>;
  /** true once no write is in flight; the gate is closed. */
  settleWrites(timeoutMs: number): Promise<boolean>;
  /** Ends the transactions that are open on the cluster, which another one would know nothing of; no write is in flight. Answers how many. */
  abortTransactions(timeoutMs: number): Promise<number>;
  /** What producers were told until now is remembered when it resolves. Throws UNAVAILABLE when a process does not say. */
  settleAcknowledged(): Promise<void>;
  /** Destroys every connection to the cluster that is left, and serves from `to`, which was active the last time in generation `left` (0: never). */
  flip(to: string, generation: number, left: number): Promise<void>;
  readonly counts: ServingCounts;
  /** Writes are held for a switch. */
  readonly isHeld: boolean;
  /** A client that was accepted at the port of that broker; nothing was read from it. */
  take(nodeId: number, socket: Socket): void;
  /** Runs a change of what the active cluster says of the tenants, unless writes are held; a drain waits for it. */
  hold(change: () => Promise<void>): Promise<void>;
  metrics(): Promise<readonly MetricSnapshot[]>;
  /** Ends every client connection. */
  close(): Promise<void>;
}

export interface ServingCounts {
  readonly connections: number;
  readonly heldWrites: number;
  readonly inFlightWrites: number;
}

/** Several at once, as one. */
export function sumCounts(all: Iterable<ServingCounts>): ServingCounts {
  const sum = { connections: 0, heldWrites: 0, inFlightWrites: 0 };
  for (const { connections, heldWrites, inFlightWrites } of all) {
    sum.connections += connections;
    sum.heldWrites += heldWrites;
    sum.inFlightWrites += inFlightWrites;
  }
  return sum;
}
