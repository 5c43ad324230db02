import { GwctlError } from '../shared/errors.ts';
import { gatewaysNamed, type Step } from './step.ts';

const POLL_MS = 250;

/** After a commit every node goes to the new cluster by itself, when its lease ends at the latest; this waits until all have. */
export const awaitGateways: Step<'await-gateways'> = {
  timeoutMs: (step) => step.timeoutMs,
  failure: 'unproven',
  undo: 'no-return',
  apply: async (step, context) => {
    const { plan, clock, note, signal } = context;
    for (;;) {
      const states = await Promise.all(gatewaysNamed(context, step.gateways).map(async (gateway) => ({ node: gateway.node, state: await gateway.state().catch((reason: unknown) => GwctlError.from(reason)) })));
      const late = states.flatMap(({ node, state }) => {
        if (state instanceof GwctlError) return [state.message];
        return state.active === plan.to && state.phase === 'serving' ? [] : [`${node} is ${state.phase} on ${state.active}`];
      });
      if (late.length === 0) return {};
      note(late.join(', '));
      await clock.sleep(POLL_MS, signal).catch(() => {
        throw new GwctlError('PROOF_FAILED', `after ${step.timeoutMs} ms ${late.join(', ')}`);
      });
    }
  },
};
