import type { Clock } from '../ports/clock.ts';
import type { GatewayAdmin } from '../ports/gateway-admin.ts';
import { timeLimit } from '../shared/time-limit.ts';
import type { NodesSeen, NodeSight } from './run-event.ts';

const POLL_MS = 250;
/** A node that hangs must not hide the others. */
const ANSWER_MS = 1000;

/** Asks every node four times a second how it is, and tells all of them when one has changed. Stops when `signal` aborts; never throws. */
export async function watchNodes(gateways: readonly GatewayAdmin[], clock: Clock, tell: (seen: NodesSeen) => void, signal: AbortSignal): Promise<void> {
  const startMs = clock.elapsedMs();
  const seen = new Map<string, NodeSight>();
  const watch = async (gateway: GatewayAdmin): Promise<void> => {
    while (!signal.aborted) {
      const sight = await look(gateway, signal);
      if (signal.aborted) return;
      if (JSON.stringify(sight) !== JSON.stringify(seen.get(gateway.node))) {
        seen.set(gateway.node, sight);
        if (seen.size === gateways.length) tell({ type: 'nodes-seen', atMs: Math.round(clock.elapsedMs() - startMs), nodes: gateways.flatMap(({ node }) => seen.get(node) ?? []) });
      }
      await clock.sleep(POLL_MS, signal).catch(() => {});
    }
  };
  await Promise.all(gateways.map(watch));
}

async function look(gateway: GatewayAdmin, signal: AbortSignal): Promise<NodeSight> {
  try {
    const { node, phase, active, generation, connections, heldWrites, inFlightWrites } = await gateway.state(AbortSignal.any([signal, timeLimit(ANSWER_MS)]));
    return { node, phase, active, generation, connections, heldWrites, inFlightWrites };
  } catch {
    return { node: gateway.node, phase: 'silent' };
  }
}
