const EXTREMES = [Buffer.from([0x7f, 0xff, 0xff, 0xff]), Buffer.from([0xff, 0xff, 0xff, 0xff]), Buffer.from([0x80, 0, 0, 0]), Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f]), Buffer.from([0xff, 0xff, 0xff, 0xff, 0x7f]), Buffer.from([0, 0]), Buffer.from([0xff, 0xfe])];

/** Numbers from 0 up to `below`, the same ones for the same seed (a linear congruential generator, of which the high bits are used). */
export function seededNumbers(seed: number): (below: number) => number {
  let state = BigInt(seed) + 1n;
  return (below) => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return Number(state >> 33n) % below;
  };
}

/** `bytes` with one to three faults from `from` on: flipped bits, extreme lengths, a cut, bytes too many, a piece of `other`. */
export function mutate(bytes: Buffer, from: number, other: Buffer, next: (below: number) => number): Buffer {
  let mutated: Buffer = Buffer.from(bytes);
  for (let faults = 1 + next(3); faults > 0; faults--) {
    const at = from + next(Math.max(1, mutated.length - from));
    switch (next(6)) {
      case 0:
        if (at < mutated.length) mutated.writeUInt8(mutated.readUInt8(at) ^ (1 << next(8)), at);
        break;
      case 1:
        (EXTREMES[next(EXTREMES.length)] as Buffer).copy(mutated, at);
        break;
      case 2:
        mutated = mutated.subarray(0, at);
        break;
      case 3:
        mutated = Buffer.concat([mutated.subarray(0, at), Buffer.from(Array.from({ length: 1 + next(8) }, () => next(256))), mutated.subarray(at)]);
        break;
      case 4:
        // A small number as a varint of two bytes.
        if (at < mutated.length) mutated = Buffer.concat([mutated.subarray(0, at), Buffer.from([mutated.readUInt8(at) | 0x80, 0]), mutated.subarray(at + 1)]);
        break;
      default:
        mutated = Buffer.concat([mutated.subarray(0, at), other.subarray(next(other.length + 1)).subarray(0, 64), mutated.subarray(at)]);
    }
  }
  return Buffer.from(mutated);
}
