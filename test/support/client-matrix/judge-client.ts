import { checkHistory, type HistoryVerdict } from '../../../src/drill/load/history-checker.ts';
import type { LoggedRecord, SentRecord } from '../../../src/drill/load/history.ts';
import type { ClientEvent } from './client-event.ts';
import type { MatrixClient, ProgramName } from './client-table.ts';

/** What one client went through, as the matrix prints it. */
export interface MatrixRow {
  readonly client: MatrixClient;
  /** It acknowledged and received, again, records that were sent after the switch. */
  readonly isAlive: boolean;
  /** They were not aligned before the switch. */
  readonly leadersMove: boolean;
  readonly verdict: HistoryVerdict;
  /** Of a transactional client: what fed it. */
  readonly feed: HistoryVerdict | undefined;
  /** What the application was shown, in order. */
  readonly errors: readonly string[];
  readonly abortableErrors: number;
  /** Ports of brokers that its process was connected to. */
  readonly backendPorts: readonly number[];
}

export interface ClientLogs {
  readonly out: readonly LoggedRecord[];
  /** Of a transactional client. */
  readonly in: readonly LoggedRecord[];
}

const SHOWN_ERRORS = 3;
/**
 * A client that hears that a partition has another leader, and fetches from it while its fetch from the old one waits: a follower answers as well (KIP-392),
 * and both are delivered. The gateway cannot send it away from the follower: on NOT_LEADER_OR_FOLLOWER this one tries four times with what it knows, and ends.
 */
const FETCHES_FROM_BOTH: ReadonlySet<ProgramName> = new Set(['platformatic']);
/** Of all partitions together, each of which moves once. */
const MOST_FROM_BOTH = 6;

/** Pure: what a client saw, and what stands on the log of the cluster that is active now. */
export function judgeClient(client: MatrixClient, events: readonly ClientEvent[], logs: ClientLogs, seen: { readonly isAlive: boolean; readonly leadersMove?: boolean; readonly backendPorts: Iterable<number> }): MatrixRow {
  const shown = events.flatMap((event) => (event.e === 'error' || event.e === 'send-failed' ? [{ message: event.m, isAbortable: event.e === 'error' && event.abortable === true }] : []));
  return {
    client,
    isAlive: seen.isAlive,
    leadersMove: seen.leadersMove ?? false,
    verdict: check(events.filter(({ s }) => s === undefined), logs.out),
    feed: client.isTransactional ? check(events.filter(({ s }) => s === 'in'), logs.in) : undefined,
    errors: shown.map(({ message }) => message),
    abortableErrors: shown.filter(({ isAbortable }) => isAbortable).length,
    backendPorts: [...seen.backendPorts].sort((a, b) => a - b),
  };
}

/** What a row shows and may not, a line each; none for a client that did not notice the switch. */
export function problemsOf({ client, isAlive, leadersMove, verdict, feed, errors, abortableErrors, backendPorts }: MatrixRow): readonly string[] {
  const problems: string[] = [];
  if (!isAlive) problems.push('not alive after the switch');
  for (const [stage, found] of [['', verdict], ['feed: ', feed]] as const) {
    if (found === undefined) continue;
    // An aborted transaction is no record, and its values are sent again: only what was acknowledged must be there, once.
    for (const what of ['lost', 'duplicated', 'skipped', 'unseen', 'invented', ...(client.keepsOrder ? (['reordered'] as const) : [])] as const) {
      const { count, examples } = found[what];
      if (count > 0) problems.push(`${stage}${what}: ${count} (${examples.join(', ')})`);
    }
  }
  // Without a group nothing is committed that could move with it.
  const mayReread = client.mode === 'assign' ? Number.POSITIVE_INFINITY : leadersMove && FETCHES_FROM_BOTH.has(client.program) ? MOST_FROM_BOTH : 0;
  if (verdict.redelivered > mayReread) problems.push(`redelivered: ${verdict.redelivered}`);
  const allowedErrors = client.isTransactional ? Math.min(1, abortableErrors) : 0;
  if (errors.length > allowedErrors) problems.push(`errors shown to the application: ${errors.length} (allowed: ${client.isTransactional ? 'one abortable' : 'none'}), ${errors.slice(0, SHOWN_ERRORS).join(' | ')}`);
  if (backendPorts.length > 0) problems.push(`connected to brokers past the gateway: ports ${backendPorts.join(', ')}`);
  return problems;
}

function check(events: readonly ClientEvent[], log: readonly LoggedRecord[]): HistoryVerdict {
  const delivered = events.flatMap((event) => (event.e === 'received' ? [{ consumer: event.c, partition: event.p, offset: BigInt(event.o), value: event.v, atMs: event.t }] : []));
  const errors = events.flatMap((event) => (event.e === 'error' || event.e === 'send-failed' ? [{ client: event.c, atMs: event.t, message: event.m }] : []));
  return checkHistory({ sent: sendsOf(events, log), delivered, log, errors });
}

/** A transactional client sends a value again when its transaction was aborted: one record, acknowledged once any try was. */
function sendsOf(events: readonly ClientEvent[], log: readonly LoggedRecord[]): readonly SentRecord[] {
  const acknowledgedAt = new Map(events.flatMap((event) => (event.e === 'acked' ? [[event.v, event.t] as const] : [])));
  const partitionOf = new Map(log.map(({ value, partition }) => [value, partition]));
  const sent = new Map<string, SentRecord>();
  for (const event of events) {
    if (event.e !== 'sent' || sent.has(event.v)) continue;
    const sequence = Number(event.v.slice(event.v.lastIndexOf('/') + 1));
    sent.set(event.v, { producer: event.c, partition: event.p ?? partitionOf.get(event.v) ?? -1, sequence, value: event.v, dueAtMs: event.t, acknowledgedAtMs: acknowledgedAt.get(event.v) });
  }
  return [...sent.values()];
}
