/** The data records of a partition's end on both sides, in order; markers and aborted records count on neither. */
export interface Tails {
  /** Offsets of the source's data records from some offset on, up to the end. */
  readonly source: readonly bigint[];
  /** Offsets of as many or more of the target's last data records. */
  readonly target: readonly bigint[];
  /** Where the next record of the target will be. */
  readonly targetEnd: bigint;
}

/**
 * Where a group that has committed `committed` on the source goes on on the target (decision D8): before the record that is as far from the end there
 * as its next record is here. Offsets themselves say nothing: with exactly-once MirrorMaker the target's are about twice as high (hazard
 * 00.9). Valid when the target ends with the same records as the source. undefined: the target's tail is too short to tell.
 */
export function translateOffset(committed: bigint, { source, target, targetEnd }: Tails): bigint | undefined {
  const unread = source.length - lowerBound(source, committed);
  return unread === 0 ? targetEnd : target[target.length - unread];
}

/** Index of the first element that is not below `value`. */
function lowerBound(sorted: readonly bigint[], value: bigint): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as bigint) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
