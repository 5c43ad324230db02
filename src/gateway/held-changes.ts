import { GwctlError } from '../shared/errors.ts';
import type { InFlightWrites } from './in-flight-writes.ts';
import type { WriteGate } from './write-gate.ts';

/** A change that is written to the cluster which is being left would be lost: not while writes are held, and a drain waits for it. */
export async function unlessHeld({ gate, inFlight }: { readonly gate: WriteGate; readonly inFlight: InFlightWrites }, change: () => Promise<void>): Promise<void> {
  if (!gate.isOpen) throw new GwctlError('UNAVAILABLE', 'a switch is under way: try again after it');
  inFlight.begin();
  try {
    await change();
  } finally {
    inFlight.end();
  }
}
