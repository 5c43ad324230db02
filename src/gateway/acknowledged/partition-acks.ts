import type { AckRun } from '../../shared/admin-api.ts';
import type { Acknowledgement } from './acknowledgement.ts';

/** So long one run grows: the age of what is lost is known to that. */
const RUN_MS = 1000;

/**
 * What was acknowledged in one partition, as runs of offsets in order. Other nodes write between ours, so runs have gaps; what comes late (another
 * connection's answer) is put where it belongs, and what comes twice (a batch that was sent again) counts once.
 *
 * Nothing is forgotten: beyond `maxRuns` the older half is put together two by two, and is then known less exactly. A run is exact when it has
 * as many records as offsets.
 */
export class PartitionAcks {
  #runs: AckRun[] = [];

  get runs(): readonly AckRun[] {
    return this.#runs;
  }

  add(ack: Acknowledgement, maxRuns: number): void {
    let at = this.#runs.length - 1;
    while (at >= 0 && (this.#runs[at] as AckRun).base > ack.base) at--;
    const before = this.#runs[at];
    const last = ack.base + ack.records - 1;
    if (before !== undefined && last <= before.last) {
      if (!isExact(before)) this.#runs[at] = { ...before, records: Math.min(before.records + ack.records, span(before)), toMs: Math.max(before.toMs, ack.atMs) };
      return;
    }
    const run: AckRun = { base: ack.base, last, records: ack.records, bytes: ack.bytes, fromMs: ack.atMs, toMs: ack.atMs, isTransactional: ack.isTransactional };
    if (before !== undefined && before.last + 1 === run.base && before.isTransactional === run.isTransactional && ack.atMs - before.fromMs < RUN_MS) this.#runs[at] = join(before, run);
    else this.#runs.splice(at + 1, 0, run);
    if (this.#runs.length > maxRuns) this.#coarsen();
  }

  #coarsen(): void {
    const half = this.#runs.length >> 1;
    const coarse: AckRun[] = [];
    for (let at = 0; at < half; at += 2) {
      const [first, second] = [this.#runs[at] as AckRun, this.#runs[at + 1]];
      coarse.push(second === undefined || at + 1 >= half ? first : join(first, second));
    }
    this.#runs = [...coarse, ...this.#runs.slice(half)];
  }
}

/** Of two runs, the second of which begins later. They may overlap where a producer's batch did. */
function join(first: AckRun, second: AckRun): AckRun {
  return {
    base: first.base,
    last: Math.max(first.last, second.last),
    records: first.records + second.records,
    bytes: first.bytes + second.bytes,
    fromMs: Math.min(first.fromMs, second.fromMs),
    toMs: Math.max(first.toMs, second.toMs),
    isTransactional: first.isTransactional || second.isTransactional,
  };
}

function span({ base, last }: AckRun): number {
  return last - base + 1;
}

function isExact(run: AckRun): boolean {
  return run.records === span(run);
}
