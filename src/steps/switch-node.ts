import { see } from '../checks/see.ts';
import type { GatewayAdmin } from '../ports/gateway-admin.ts';
import { GwctlError } from '../shared/errors.ts';
import { gatewaysNamed, type Step, type StepContext } from './step.ts';

const POLL_MS = 500;
/** A call that was not answered may act late. */
const SECOND_LOOK_MS = 2000;

/**
 * The call that switches one node, alone and at once. What it answers is not believed: a record through the node has to be on the new cluster, or the
 * call has failed. Undone, a node that was switched is called back, and proven in the same way.
 */
export const switchNode: Step<'switch-node'> = {
  timeoutMs: (step) => step.timeoutMs + SECOND_LOOK_MS,
  failure: 'failed',
  apply: async (step, context) => {
    const { plan, clock } = context;
    const gateway = nodeOf(step, context);
    const startMs = clock.elapsedMs();
    await gateway.switchAlone(step.from, plan.to, step.timeoutMs);
    const callMs = Math.round(clock.elapsedMs() - startMs);
    await awaitServing(gateway, plan.to, context);
    return { nodes: [{ node: gateway.node, callMs, provenAfterMs: Math.round(clock.elapsedMs() - startMs) }] };
  },
  undo: async (step, context) => {
    const { plan, clock, note, signal } = context;
    const gateway = nodeOf(step, context);
    let active: string;
    try {
      ({ active } = await gateway.state(signal));
      if (active === step.from && step.isSourceGone !== true) {
        await clock.sleep(SECOND_LOOK_MS, signal);
        ({ active } = await gateway.state(signal));
      }
    } catch (reason) {
      note(GwctlError.from(reason).message);
      return { unknown: [gateway.node] };
    }
    if (active === step.from) return step.isSourceGone === true ? { unknown: [gateway.node] } : {};
    if (step.isSourceGone === true) throw new GwctlError('NEEDS_OPERATOR', `${gateway.node} serves ${active}, and ${step.from} is given up: there is nothing to go back to`);
    note(`${gateway.node} serves ${active}: it is called back`);
    await gateway.switchAlone(plan.to, step.from, step.timeoutMs);
    await awaitServing(gateway, step.from, context);
    return { calledBack: [gateway.node] };
  },
};

/** Throws UNAVAILABLE when the time is up and no record through the node was found there. */
async function awaitServing(gateway: GatewayAdmin, cluster: string, { clock, note, signal }: StepContext): Promise<void> {
  for (;;) {
    const state = await see(() => gateway.state(signal));
    if (state.ok && state.value.active === cluster) return;
    const seen = state.ok ? `a record through it is on ${state.value.active}` : state.why;
    note(`${gateway.node}: ${seen}`);
    try {
      await clock.sleep(POLL_MS, signal);
    } catch {
      throw new GwctlError('UNAVAILABLE', `${gateway.node} answered that it had switched to ${cluster}, and does not serve it: ${seen}`, { hint: 'look at the log of the node: does it know that cluster, and can it reach it?' });
    }
  }
}

function nodeOf({ gateway }: { readonly gateway: string }, context: StepContext): GatewayAdmin {
  const [node] = gatewaysNamed(context, [gateway]);
  if (node === undefined) throw new GwctlError('INTERNAL', `no gateway ${gateway} in this world`);
  return node;
}
