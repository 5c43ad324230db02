/** One write of the probe. Times are of one clock, in milliseconds. */
export interface ProbeWrite {
  readonly value: string;
  readonly node: string;
  readonly partition: number;
  readonly startMs: number;
  readonly endMs: number;
  /** undefined: it was not acknowledged, and may be anywhere. */
  readonly offset: bigint | undefined;
}

/** A look at the place of an acknowledged write, often through another node. */
export interface ProbeRead {
  readonly node: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly startMs: number;
  readonly endMs: number;
  readonly seen: string;
}

export interface LoggedValue {
  readonly partition: number;
  readonly offset: bigint;
  readonly value: string;
}

export interface ProbeHistory {
  readonly writes: readonly ProbeWrite[];
  readonly reads: readonly ProbeRead[];
}

/** The two logs in the end. What is on the source was written there: records are copied in one direction only. */
export interface ProbeLogs {
  readonly source: readonly LoggedValue[];
  readonly target: readonly LoggedValue[];
}

export interface ProbeVerdict {
  readonly acknowledged: number;
  readonly unacknowledged: number;
  /** Acknowledged, and not on the cluster that is active in the end. */
  readonly lost: readonly string[];
  /** More than once on the cluster that is active in the end. */
  readonly doubled: readonly string[];
  /** Acknowledged on the source though they began after something on the target was acknowledged or read: two nodes served different clusters. */
  readonly torn: readonly string[];
  /** Reads from the source that began after a write on the target was acknowledged, and how long after the first such write the last of them began. */
  readonly staleReads: number;
  readonly stalestMs: number;
  /** Reads of which one cluster only can have answered. */
  readonly tellingReads: number;
  readonly longestWriteMs: number;
}

type Side = 'source' | 'target';

/** Pure: what was seen against what is there. */
export function judgeProbe({ writes, reads }: ProbeHistory, logs: ProbeLogs, active: Side): ProbeVerdict {
  const onSource = new Set(logs.source.map(({ value }) => value));
  const onTarget = new Set(logs.target.map(({ value }) => value));
  const there = countOf(logs[active].map(({ value }) => value));
  const acknowledged = writes.filter(({ offset }) => offset !== undefined);
  const sideOf = ({ value }: ProbeWrite): Side | undefined => (onSource.has(value) ? 'source' : onTarget.has(value) ? 'target' : undefined);

  const places = { source: placesOf(logs.source), target: placesOf(logs.target) };
  const readSides = reads.map((read) => {
    const [isSource, isTarget] = (['source', 'target'] as const).map((side) => places[side].get(placeOf(read)) === read.seen);
    return { read, side: isSource === isTarget ? undefined : isSource === true ? ('source' as const) : ('target' as const) };
  });

  const targetWrites = acknowledged.filter((write) => sideOf(write) === 'target');
  const targetReads = readSides.filter(({ side }) => side === 'target').map(({ read }) => read);
  const firstWriteMs = earliestEnd(targetWrites);
  const firstSightMs = Math.min(firstWriteMs, earliestEnd(targetReads));
  const stale = readSides.filter(({ read, side }) => side === 'source' && read.startMs > firstWriteMs).map(({ read }) => read);
  const describe = ({ value, startMs }: ProbeWrite): string => (Number.isFinite(firstSightMs) ? `${value} (${Math.round(startMs - firstSightMs)} ms after the first sign of the target)` : value);
  return {
    acknowledged: acknowledged.length,
    unacknowledged: writes.length - acknowledged.length,
    lost: acknowledged.filter(({ value }) => !there.has(value)).map(describe),
    doubled: [...there].filter(([, count]) => count > 1).map(([value, count]) => `${value} (${count} times)`),
    torn: acknowledged.filter((write) => sideOf(write) === 'source' && write.startMs > firstSightMs).map(describe),
    staleReads: stale.length,
    stalestMs: stale.reduce((most, { startMs }) => Math.max(most, Math.round(startMs - firstWriteMs)), 0),
    tellingReads: readSides.filter(({ side }) => side !== undefined).length,
    longestWriteMs: Math.round(writes.reduce((most, { startMs, endMs }) => Math.max(most, endMs - startMs), 0)),
  };
}

function earliestEnd(operations: readonly { readonly endMs: number }[]): number {
  return operations.reduce((least, { endMs }) => Math.min(least, endMs), Number.POSITIVE_INFINITY);
}

function placeOf({ partition, offset }: { readonly partition: number; readonly offset: bigint }): string {
  return `${partition}@${offset}`;
}

function placesOf(log: readonly LoggedValue[]): ReadonlyMap<string, string> {
  return new Map(log.map((logged) => [placeOf(logged), logged.value]));
}

function countOf(values: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
