/**
 * What the programs in test/e2e/clients and the tests say to each other.
 *
 * Environment of a program:
 *   MATRIX_CLIENTS     `name=mode,…`: each is a producer and a group consumer; topic `name`, group `g-name`, values `name/p1/sequence`
 *   MATRIX_BOOTSTRAP   `host:port,…` of one gateway node, with SASL/PLAIN: MATRIX_USERNAME, MATRIX_TOKEN; or of a cluster, with neither ('')
 *   MATRIX_PARTITIONS  of each topic; record n goes to partition n mod this
 *   MATRIX_RATE        records a second for each producer
 *
 * stdin: a line ends the producers (they flush, and say 'producer-stopped'); the end of stdin ends everything, exit code 0.
 * stdout: one JSON event a line; other lines are a library's chatter. A transactional client copies `name` to `name-out` in transactions:
 * the events of its feed have stage 'in', those of what it wrote and read behind it have none.
 */
export type ClientEvent = EventHead &
  (
    | { readonly e: 'sent'; readonly v: string; readonly p?: number }
    | { readonly e: 'acked'; readonly v: string }
    | { readonly e: 'send-failed'; readonly v: string; readonly m: string }
    | { readonly e: 'received'; readonly v: string; readonly p: number; readonly o: number }
    | { readonly e: 'assigned' | 'revoked' | 'producer-stopped' }
    /** Whatever the library shows to the application: callbacks, exceptions. After a fatal one this client is over. */
    | { readonly e: 'error'; readonly m: string; readonly fatal?: boolean; readonly abortable?: boolean }
  );

interface EventHead {
  /** Milliseconds since the epoch. */
  readonly t: number;
  /** Name of the client: a program may run several. */
  readonly c: string;
  readonly s?: 'in';
}

/** An event, or undefined for a line that is none. */
export function parseEvent(line: string): ClientEvent | undefined {
  if (!line.startsWith('{"')) return undefined;
  try {
    const value = JSON.parse(line) as Partial<ClientEvent>;
    return typeof value.t === 'number' && typeof value.c === 'string' && typeof value.e === 'string' ? (value as ClientEvent) : undefined;
  } catch {
    return undefined;
  }
}
