import { createHash, randomBytes } from 'node:crypto';

/** No broker has handed out an id with this bit: clusters count their own from 0. */
const OURS = 1n << 61n;
const RANDOM_BITS = 48n;
const RANDOM = (1n << RANDOM_BITS) - 1n;
/** Generations are counted modulo this in an id. */
const GENERATIONS = 1 << 13;

/** An id for a producer that begins in that generation, from 2^61 to 2^62. It says in which one that was; the rest is random, so no two nodes agree on one. */
export function newProducerId(generation: number): bigint {
  return OURS | (BigInt(generation % GENERATIONS) << RANDOM_BITS) | (randomBytes(8).readBigUInt64BE() & RANDOM);
}

/** How the generation that is active now stands to what its cluster knows of producers. */
export interface Stay {
  readonly generation: number;
  /** The last generation in which this cluster was active before, and was then left; 0: it never was. */
  readonly left: number;
}

/** Whether that producer may have written to this cluster before it was left: it has numbered on elsewhere since. */
export function hasReturned(producerId: bigint, { generation, left }: Stay): boolean {
  if (left === 0 || producerId < OURS || producerId >= OURS << 1n) return false;
  const born = Number((producerId & (OURS - 1n)) >> RANDOM_BITS);
  return (((generation - born) % GENERATIONS) + GENERATIONS) % GENERATIONS >= generation - left;
}

/** The id under which it goes on there: whoever makes one of it makes the same one, and no cluster has heard of it before that generation. */
export function otherProducerId(producerId: bigint, generation: number): bigint {
  const digest = createHash('sha1').update(`${producerId} ${generation}`).digest();
  return (digest.readBigUInt64BE(0) & (OURS - 1n)) | OURS;
}
