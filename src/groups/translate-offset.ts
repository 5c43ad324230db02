import type { RecordFingerprint as Fingerprint } from '../ports/kafka-cluster.ts';

/**
 * A stretch of one partition on both sides. Markers and aborted records count on neither.
 *
 *   source   |– sourceFrom ... records that are still there ... sourceUntil –|
 *   target   |–      every record that replication made of these           –|–  targetUntil
 */
export interface Stretch {
  /** Every record that the source still has, from the lowest translated offset (better: a little before it) to `sourceUntil`. */
  readonly source: readonly Fingerprint[];
  /** Every record that the target still has of this stretch; it may begin earlier. */
  readonly target: readonly Fingerprint[];
  /** No record of `target` was made of one before this source offset. */
  readonly sourceFrom: bigint;
  /** No record of `target` was made of this source offset or a later one. */
  readonly sourceUntil: bigint;
  /** Where the first record of the target behind this stretch is, or will be. */
  readonly targetUntil: bigint;
}

export interface Position {
  /** The group has read no record of the target from here on that is not counted in `rereads`. */
  readonly offset: bigint;
  /** Records from there on that it may have read already; 0: exact. */
  readonly rereads: number;
  /** False: what stands before `target` may be unread, too. */
  readonly isAnchored: boolean;
}

export interface AlignedLogs {
  translate(committed: bigint): Position;
  /** The last record that is on both sides; undefined: none. */
  readonly last: { readonly source: bigint; readonly target: bigint } | undefined;
}

/** What is known of a target record: it stands where its source record stood, `at` or earlier (later, for the other bound). */
interface Match {
  readonly index: number;
  readonly at: bigint;
}

/**
 * Where a group goes on on the target (decision D8). Offsets themselves say nothing (with exactly-once MirrorMaker the target's are about twice
 * as high, hazard 00.9), and counting alone goes wrong where one side has compacted away what the other one still has. Replication keeps the
 * order, so the target's records are those of the source with some missing on either side; of all ways to lay one over the other
 *
 *  - the latest says for each target record which source offset it has *at most*: what is below the committed one is read for certain;
 *  - the earliest says which it has *at least*: what is not below the committed one is not read for certain.
 *
 * Target records between two that match are no longer on the source. Only as many of them can be unread as there are offsets between the
 * committed one and the next match. Never skips, whatever the content; exact where both bounds meet, always so where nothing was removed and records differ.
 */
export function alignLogs(stretch: Stretch): AlignedLogs {
  const { target, sourceFrom, sourceUntil, targetUntil } = stretch;
  const latest = latestMatches(stretch);
  const earliest = earliestMatches(stretch);
  const begin: Match = { index: -1, at: sourceFrom - 1n };
  const end: Match = { index: target.length, at: sourceUntil };
  const newest = latest.at(-1);
  return {
    last: newest === undefined ? undefined : { source: newest.at, target: (target[newest.index] as Fingerprint).offset },
    translate: (committed) => {
      const [readAtMost, unread] = neighbours(latest, committed, begin, end);
      const certain = unread.index - atMost(unread.index - readAtMost.index - 1, unread.at - committed);
      const [read, next] = neighbours(earliest, committed, begin, end);
      const possible = read.index + 1 + atMost(next.index - read.index - 1, committed - read.at - 1n);
      return { offset: target[certain]?.offset ?? targetUntil, rereads: Math.max(0, possible - certain), isAnchored: certain > 0 };
    },
  };
}

/** The last match below an offset, and the next one. */
function neighbours(matches: readonly Match[], committed: bigint, begin: Match, end: Match): readonly [Match, Match] {
  let low = 0;
  let high = matches.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((matches[middle] as Match).at < committed) low = middle + 1;
    else high = middle;
  }
  return [matches[low - 1] ?? begin, matches[low] ?? end];
}

function atMost(records: number, offsets: bigint): number {
  if (offsets <= 0n) return 0;
  return offsets < BigInt(records) ? Number(offsets) : records;
}

/** From the end backwards, each target record over the last source record that is left for it. */
function latestMatches({ source, target }: Stretch): Match[] {
  const places = placesByHash(source);
  const matches: Match[] = [];
  let bound = source.length;
  for (let index = target.length - 1; index >= 0; index--) {
    const candidates = places.get((target[index] as Fingerprint).hash);
    while (candidates !== undefined && (candidates.at(-1) ?? -1) >= bound) candidates.pop();
    const place = candidates?.pop();
    if (place === undefined) continue;
    bound = place;
    matches.push({ index, at: (source[place] as Fingerprint).offset });
  }
  return matches.reverse();
}

/** From the start on, each target record over the first source record that is left for it. */
function earliestMatches({ source, target }: Stretch): Match[] {
  const places = placesByHash(source);
  for (const candidates of places.values()) candidates.reverse();
  const matches: Match[] = [];
  let bound = -1;
  for (const [index, { hash }] of target.entries()) {
    const candidates = places.get(hash);
    while (candidates !== undefined && (candidates.at(-1) ?? source.length) <= bound) candidates.pop();
    const place = candidates?.pop();
    if (place === undefined) continue;
    bound = place;
    matches.push({ index, at: (source[place] as Fingerprint).offset });
  }
  return matches;
}

function placesByHash(records: readonly Fingerprint[]): Map<string, number[]> {
  const places = new Map<string, number[]>();
  for (const [place, { hash }] of records.entries()) {
    const known = places.get(hash);
    if (known === undefined) places.set(hash, [place]);
    else known.push(place);
  }
  return places;
}
