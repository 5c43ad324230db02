import type { Soon } from '../bytes/soon.ts';
import type { ConnectionTraffic } from '../limits/connection-traffic.ts';
import type { NodeContext } from '../node-context.ts';

/** The connection that a write came by. */
interface Writer {
  readonly node: NodeContext;
  readonly traffic: ConnectionTraffic;
  readonly over: AbortSignal;
  flush(): void;
}

/**
 * Waits while writes are held, or those that are not of this open transaction. 'open' has been counted as a write in flight, in the same tick:
 * a drain that starts now sees it. 'expired': it was held for as long as a client waits.
 */
export function admitWrite(writer: Writer, transactionalId: string | null): Soon<'open' | 'expired'> {
  const { gate, inFlight, stalls } = writer.node;
  stalls?.check();
  if (!gate.isOpen) return hold(writer, transactionalId);
  inFlight.begin();
  return 'open';
}

async function hold({ node: { gate, inFlight, transactions }, traffic, over, flush }: Writer, transactionalId: string | null): Promise<'open' | 'expired'> {
  while (!gate.isOpen && !transactions.mayEnd(transactionalId)) {
    // What was collected so far must leave before the wait: an answer to an earlier request may be in it.
    flush();
    if ((await traffic.whileHeld(gate.pass(over))) === 'expired') return 'expired';
  }
  inFlight.begin();
  return 'open';
}
