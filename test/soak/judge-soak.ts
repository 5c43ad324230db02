import type { HistoryVerdict } from '../../src/drill/load/history-checker.ts';
import type { LoggedRecord } from '../../src/drill/load/history.ts';
import type { ClientEvent } from '../support/client-matrix/client-event.ts';

/** Never right, whatever was killed: every client here numbers its batches. */
const NEVER = ['lost', 'skipped', 'unseen', 'invented', 'vanished', 'reordered'] as const;
export const JUDGED = ['duplicated', ...NEVER] as const;
/** What a group reads again when its coordinator or a member dies is what it has read since its last commit. More says that it was sent back. */
const REREAD_SECONDS = 10;

export interface Judged {
  readonly verdict: HistoryVerdict;
  readonly log: readonly LoggedRecord[];
  readonly ratePerSecond: number;
  /** Values that may stand on the log twice. */
  readonly mayBeTwice: ReadonlySet<string>;
}

/** What a client went through and may not, a line each. Pure. */
export function problemsOf({ verdict, log, ratePerSecond, mayBeTwice }: Judged): readonly string[] {
  const found = NEVER.filter((what) => verdict[what].count > 0).map((what) => `${what}: ${verdict[what].count} (${verdict[what].examples.join(', ')})`);
  const twice = [...twiceOn(log)].filter((value) => !mayBeTwice.has(value));
  if (twice.length > 0) found.push(`duplicated: ${twice.length} (${twice.slice(0, 5).join(', ')})`);
  if (verdict.redelivered > ratePerSecond * REREAD_SECONDS) found.push(`read again: ${verdict.redelivered} (allowed: ${ratePerSecond * REREAD_SECONDS})`);
  return found;
}

/**
 * What was sent and not acknowledged at some time of that window. librdkafka's idempotent producer writes such a record twice now and then when a
 * leader dies under it, on bare brokers, too (its issue 4953; seen there as often as through the gateway): its producer gets a new epoch, under which
 * no broker takes the second try for what it is. Every other library that is here, and librdkafka in a transaction, writes it once.
 */
export function inFlightDuring(events: readonly ClientEvent[], window: { readonly fromMs: number; readonly toMs: number }): ReadonlySet<string> {
  const answeredAt = new Map(events.flatMap((event) => (event.e === 'acked' ? [[event.v, event.t] as const] : [])));
  return new Set(events.flatMap((event) => (event.e === 'sent' && event.t <= window.toMs && (answeredAt.get(event.v) ?? Infinity) >= window.fromMs ? [event.v] : [])));
}

function twiceOn(log: readonly LoggedRecord[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { value } of log) (seen.has(value) ? twice : seen).add(value);
  return twice;
}
