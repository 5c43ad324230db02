import type { ErrorCode } from '../../shared/errors.ts';
import type { Acknowledgement } from '../acknowledged/acknowledgement.ts';
import type { BackingOptions } from '../backing.ts';
import type { ServingOptions } from '../local-serving.ts';
import type { Serving, ServingCounts } from '../serving.ts';
import type { NodeMemory } from '../switch/node-memory.ts';
import type { ProducerNote } from '../transactions/producer-note.ts';

/** What a worker must know to be one. It reads no file that says so: a configuration that has changed since is the next start's. */
export interface WorkerOptions extends ServingOptions {
  readonly clusterAccess?: BackingOptions['clusterAccess'];
  readonly number: number;
  readonly memory: NodeMemory;
}

/** Where a node is in a switch, as far as it decides what clients get. */
export interface ServingState extends NodeMemory {
  /** The last generation in which the active cluster was active before; 0: it never was. */
  readonly left: number;
  readonly isGateClosed: boolean;
  readonly areGroupsDraining: boolean;
  /** For so long clients may still write by the leaders of a cluster that was left. */
  readonly settlingMs: number;
  /** The transactional producers that are known. */
  readonly producers: readonly (readonly [string, ProducerNote])[];
}

/** What the primary asks of a worker. Besides `start` and `serve` it is what the node asks of whoever serves. */
export interface WorkerCalls extends Pick<Serving, 'prepare' | 'drainGroups' | 'openGroups' | 'closeGate' | 'openGate' | 'settleWrites' | 'abortTransactions' | 'settleAcknowledged' | 'cutOff' | 'flip' | 'metrics' | 'close'> {
  /** Loads everything that serving needs; nobody is served yet. */
  start(options: WorkerOptions): Promise<void>;
  /** Takes over where the node is by now; when it resolves, the worker may be given clients. */
  serve(state: ServingState): Promise<void>;
  /** Another worker knows this transactional producer. */
  learnProducer(transactionalId: string, note: ProducerNote): Promise<void>;
}

export type WorkerVerb = keyof WorkerCalls;

/** From the primary. A `client` comes with the handle of its socket. */
export type ToWorker =
  | { readonly kind: 'call'; readonly id: number; readonly verb: WorkerVerb; readonly args: readonly unknown[] }
  | { readonly kind: 'client'; readonly id: number; readonly nodeId: number }
  /** All others know that producer, or have taken too long. */
  | { readonly kind: 'told'; readonly id: number }
  /** The primary is there. */
  | { readonly kind: 'alive' }
  /** The node has gone after every switch that it can know of, and what followed from that for this worker was said before this. */
  | { readonly kind: 'caught-up'; readonly id: number };

/** To the primary. Counts go along with every answer, so that what it says after a verb is not older than that. */
export type FromWorker =
  | { readonly kind: 'answer'; readonly id: number; readonly counts: ServingCounts; readonly result: unknown }
  | { readonly kind: 'refusal'; readonly id: number; readonly counts: ServingCounts; readonly code: ErrorCode; readonly message: string }
  | { readonly kind: 'counts'; readonly counts: ServingCounts }
  | { readonly kind: 'taken'; readonly id: number }
  /** Answered with `alive`. */
  | { readonly kind: 'is-alive' }
  /** Answered with `caught-up`. */
  | { readonly kind: 'catch-up'; readonly id: number }
  | { readonly kind: 'acknowledged'; readonly cluster: string; readonly acknowledged: readonly Acknowledgement[] }
  /** For the other workers, and for whoever comes after this one. With an id when it waits for `told`. */
  | { readonly kind: 'producer'; readonly id: number | undefined; readonly transactionalId: string; readonly note: ProducerNote };
