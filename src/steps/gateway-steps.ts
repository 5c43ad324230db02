import { GwctlError } from '../shared/errors.ts';
import { gatewaysNamed, onEveryNode, orderOf, type Step, type StepContext } from './step.ts';

const NODE_CALL_MS = 15_000;
const RETRY_MS = 200;

/** Every node looks at the target for itself: it may be reachable from here and not from there. */
export const prepareGateways: Step<'prepare-gateways'> = {
  timeoutMs: () => NODE_CALL_MS,
  failure: 'refused',
  apply: async (step, context) => {
    const reports = await onEveryNode(gatewaysNamed(context, step.gateways), (gateway) => gateway.prepare(orderOf(context)));
    return { nodes: reports.map(({ state, brokers, topicMappings }) => ({ node: state.node, brokers, topicMappings })) };
  },
  undo: giveBack,
};

/**
 * Before any producer waits: consumers commit what they have read and stop, so that nothing is delivered twice. A member that takes longer
 * than the time allowed is left as it is: it will read again what it has not committed.
 */
export const drainGroups: Step<'drain-groups'> = {
  timeoutMs: (step) => step.timeoutMs + NODE_CALL_MS,
  failure: 'failed',
  apply: async (step, context) => {
    const reports = await onEveryNode(gatewaysNamed(context, step.gateways), (gateway) => gateway.drainGroups(orderOf(context, step.timeoutMs)));
    const members = reports.reduce((sum, report) => sum + report.members, 0);
    const drained = reports.reduce((sum, report) => sum + report.drained, 0);
    if (drained < members) context.note(`${members - drained} of ${members} members did not commit in time: they will read some records again`);
    return { members, drained };
  },
  undo: giveBack,
};

export const pauseGateways: Step<'pause-gateways'> = {
  timeoutMs: () => NODE_CALL_MS,
  failure: 'failed',
  apply: async (step, context) => {
    await onEveryNode(gatewaysNamed(context, step.gateways), (gateway) => gateway.order('pause', orderOf(context)));
    return {};
  },
  undo: giveBack,
};

export const drainGateways: Step<'drain-gateways'> = {
  timeoutMs: (step) => step.timeoutMs + NODE_CALL_MS,
  failure: 'failed',
  apply: async (step, context) => {
    const states = await onEveryNode(gatewaysNamed(context, step.gateways), (gateway) => gateway.order('drain', orderOf(context, step.timeoutMs)));
    return { heldWrites: states.reduce((sum, { heldWrites }) => sum + heldWrites, 0) };
  },
  undo: 'nothing',
};

/** The point of no return is the first node that flips; until then the nodes can be given back. */
export const flipGateways: Step<'flip-gateways'> = {
  timeoutMs: () => NODE_CALL_MS,
  failure: 'failed',
  apply: async (step, context) => {
    await onEveryNode(gatewaysNamed(context, step.gateways), (gateway) => insist(context, () => gateway.order('flip', orderOf(context))));
    return {};
  },
  undo: async (step, context) => {
    const states = await onEveryNode(gatewaysNamed(context, step.gateways), (gateway) => gateway.state());
    const flipped = states.filter(({ generation }) => generation > context.plan.basis.generation);
    if (flipped.length > 0) throw new GwctlError('NEEDS_OPERATOR', `${flipped.map(({ node }) => node).join(', ')} serves ${context.plan.to} already`);
    return {};
  },
};

export const resumeGateways: Step<'resume-gateways'> = {
  timeoutMs: () => NODE_CALL_MS,
  failure: 'failed',
  apply: async (step, context) => {
    await onEveryNode(gatewaysNamed(context, step.gateways), (gateway) => insist(context, () => gateway.order('resume', orderOf(context))));
    return {};
  },
  undo: 'no-return',
};

/**
 * All nodes go on serving the cluster that they serve. A node that refuses connections holds nobody's writes: its process is gone. One that
 * hangs may hold some, and a person must look.
 */
async function giveBack(step: { readonly gateways: readonly string[] }, context: StepContext): Promise<{ down: string[] }> {
  const down: string[] = [];
  await onEveryNode(gatewaysNamed(context, step.gateways), async (gateway) => {
    try {
      await gateway.order('abort', orderOf(context));
    } catch (reason) {
      if (!GwctlError.from(reason).message.includes('ECONNREFUSED')) throw reason;
      down.push(gateway.node);
      context.note(`${gateway.node} is down: it comes back serving ${context.plan.from}`);
    }
  });
  return { down };
}

/** From here on there is no way back, so a node that does not answer is asked again until the time is up. A refusal is final. */
async function insist<T>(context: StepContext, act: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await act();
    } catch (reason) {
      const error = GwctlError.from(reason);
      if (error.code !== 'UNAVAILABLE' || context.signal.aborted) throw error;
      context.note(error.message);
      await context.clock.sleep(RETRY_MS, context.signal).catch(() => {
        throw error;
      });
    }
  }
}
