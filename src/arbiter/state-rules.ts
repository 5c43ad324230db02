import type { Decision, Intent, StateRecord } from './state-record.ts';

/** The logs of all clusters by name; undefined: it could not be read. */
export type StateLogs = ReadonlyMap<string, readonly StateRecord[] | undefined>;

/** Which cluster is active since which switch. */
export interface Standing {
  readonly generation: number;
  readonly active: string;
}

/** What a generation came to, by the log of the cluster that it would have led to. */
export function decisionOn(log: readonly StateRecord[], to: string, generation: number): Decision | undefined {
  return log.find((record): record is Decision => isDecision(record) && record.to === to && record.generation === generation);
}

/** The same by all that can be read: the deciding log, or else a copy of it. */
export function decisionIn(logs: StateLogs, to: string, generation: number): Decision | undefined {
  const own = logs.get(to);
  if (own !== undefined) {
    const decision = decisionOn(own, to, generation);
    if (decision !== undefined) return decision;
  }
  for (const [name, log] of logs) {
    const copy = name === to || log === undefined ? undefined : decisionOn(log, to, generation);
    if (copy !== undefined) return copy;
  }
  return undefined;
}

/** The latest switch that happened. */
export function lastCommit(logs: StateLogs): Standing | undefined {
  let last: Standing | undefined;
  for (const record of [...logs.values()].flatMap((log) => log ?? [])) {
    if (record.kind !== 'commit' || record.generation <= (last?.generation ?? 0)) continue;
    if (decisionIn(logs, record.to, record.generation)?.kind === 'commit') last = { generation: record.generation, active: record.to };
  }
  return last;
}

/** The last generation in which that cluster was active and was then left; 0: it never was. */
export function lastLeft(logs: StateLogs, cluster: string): number {
  const departures = [...logs.values()].flatMap((log) => log ?? []).filter((record): record is Decision => record.kind === 'commit' && record.from === cluster && decisionIn(logs, record.to, record.generation)?.kind === 'commit');
  return departures.reduce((last, { generation }) => Math.max(last, generation - 1), 0);
}

/** The latest intent to leave `active` that nobody has decided. */
export function openIntent(logs: StateLogs, { active, generation }: Standing): Intent | undefined {
  const intents = (logs.get(active) ?? []).filter((record): record is Intent => record.kind === 'intent' && record.from === active && record.generation > generation);
  return intents.findLast((intent) => decisionIn(logs, intent.to, intent.generation) === undefined);
}

/** A number that no run has used: a generation that was aborted is used up. */
export function nextGeneration(logs: StateLogs, generation: number): number {
  const used = [...logs.values()].flatMap((log) => log ?? []).map((record) => ('generation' in record ? record.generation : 0));
  return Math.max(generation, ...used) + 1;
}

/** The nodes that may serve from this log's cluster: they have joined and not left. */
export function joinedNodes(log: readonly StateRecord[]): ReadonlySet<string> {
  const joined = new Map<string, string>();
  for (const record of log) {
    if (record.kind === 'join') joined.set(record.node, record.start);
    if (record.kind === 'leave' && joined.get(record.node) === record.start) joined.delete(record.node);
  }
  return new Set(joined.keys());
}

/** What a node that starts, or that has lost sight of things, may do. */
export type Posture =
  | { readonly kind: 'serve'; readonly standing: Standing }
  /** A switch is under way: hold writes until it is decided. */
  | { readonly kind: 'wait'; readonly standing: Standing; readonly intent: Intent }
  /** Nobody can tell yet. */
  | { readonly kind: 'unknown'; readonly standing: Standing; readonly why: string };

/**
 * A node serves X when X's log says so, no undecided intent stands after it, and no other cluster's log has a later commit. When one of them
 * cannot be read, a peer that serves knows (`peer`): it has looked, or it was there.
 */
export function postureOf(logs: StateLogs, known: Standing, peer?: Standing): Posture {
  let standing = known;
  for (const other of [lastCommit(logs), peer]) if (other !== undefined && other.generation > standing.generation) standing = other;
  const own = logs.get(standing.active);
  if (own === undefined) return { kind: 'unknown', standing, why: `${standing.active}, which was active last, cannot be read` };
  const silent = [...logs].filter(([, log]) => log === undefined).map(([name]) => name);
  const isConfirmed = peer !== undefined && peer.generation === standing.generation && peer.active === standing.active;
  if (silent.length > 0 && !isConfirmed) return { kind: 'unknown', standing, why: `${silent.join(', ')} cannot be read, and may have taken over meanwhile` };
  const intent = openIntent(logs, standing);
  return intent === undefined ? { kind: 'serve', standing } : { kind: 'wait', standing, intent };
}

function isDecision(record: StateRecord): record is Decision {
  return record.kind === 'commit' || record.kind === 'abort';
}
