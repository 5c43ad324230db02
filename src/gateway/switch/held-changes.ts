import { GwctlError } from '../../shared/errors.ts';
import type { InFlightWrites } from './in-flight-writes.ts';
import type { StallGuard } from './stall-guard.ts';
import type { WriteGate } from './write-gate.ts';

/** A change that is written to the cluster which is being left would be lost: not while writes are held, and a drain waits for it. */
export async function unlessHeld({ gate, inFlight, stalls }: { readonly gate: WriteGate; readonly inFlight: InFlightWrites; readonly stalls?: StallGuard | undefined }, change: () => Promise<void>): Promise<void> {
  stalls?.check();
  if (!gate.isOpen) throw new GwctlError('UNAVAILABLE', 'a switch is under way: try again after it');
  inFlight.begin();
  try {
    await change();
  } finally {
    inFlight.end();
  }
}
