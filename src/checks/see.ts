import { GwctlError } from '../shared/errors.ts';
import type { Seen } from './observation.ts';

/** Looks, and never throws: why something could not be seen is part of the answer. */
export async function see<T>(look: () => Promise<T>): Promise<Seen<T>> {
  try {
    return { ok: true, value: await look() };
  } catch (reason) {
    const { code, message, hint } = GwctlError.from(reason);
    return { ok: false, why: message, code, ...(hint === undefined ? {} : { hint }) };
  }
}
