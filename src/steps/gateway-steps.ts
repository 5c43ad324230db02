import type { GatewayAdmin } from '../ports/gateway-admin.ts';
import type { PrepareReport } from '../shared/admin-api.ts';
import { GwctlError } from '../shared/errors.ts';
import { gatewaysNamed, onEveryNode, orderOf, type Step, type StepContext } from './step.ts';

const NODE_CALL_MS = 10_000;
const RETRY_MS = 200;
/** On top of the time that a node itself may take for a drain: its answer has a way to go, and producers wait. */
const ANSWER_MS = 1000;
/** The clients of all other nodes wait meanwhile. */
const INSIST_MS = 2000;
/** Longer than a flip takes, which lets an answer that is half-way to a client pass (1 s). */
const MOVE_CALL_MS = 4000;
const GIVE_BACK_CALL_MS = 4000;

/**
 * Every node looks at the target for itself: it may be reachable from here and not from there. The first node is asked before the others, by
 * everybody: so of two runs that begin at once one has it, and goes on, and not each a half of the nodes.
 */
export const prepareGateways: Step<'prepare-gateways'> = {
  timeoutMs: (step) => step.timeoutMs ?? NODE_CALL_MS,
  failure: 'refused',
  apply: async (step, context) => {
    const [first, ...others] = gatewaysNamed(context, step.gateways.toSorted());
    const prepare = (gateway: GatewayAdmin): Promise<PrepareReport> => gateway.prepare(orderOf(context), step.timeoutMs);
    const reports = first === undefined ? [] : [...(await onEveryNode([first], prepare)), ...(await onEveryNode(others, prepare))];
    return { nodes: reports.map(({ state, brokers, topicMappings }) => ({ node: state.node, brokers, topicMappings })) };
  },
  undo: giveBack,
};

export const pauseGateways: Step<'pause-gateways'> = {
  timeoutMs: (step) => step.timeoutMs ?? NODE_CALL_MS,
  failure: 'failed',
  apply: async (step, context) => ({
    nodes: await onEveryNode(gatewaysNamed(context, step.gateways), (gateway) => timed(gateway, context, () => gateway.order('pause', orderOf(context), step.timeoutMs))),
  }),
  undo: giveBack,
};

export const drainGateways: Step<'drain-gateways'> = {
  timeoutMs: (step) => step.timeoutMs + NODE_CALL_MS,
  failure: 'failed',
  apply: async (step, context) => {
    const states = await onEveryNode(gatewaysNamed(context, step.gateways), (gateway) => gateway.order('drain', orderOf(context, step.timeoutMs), step.timeoutMs + ANSWER_MS));
    return { heldWrites: states.reduce((sum, { heldWrites }) => sum + heldWrites, 0) };
  },
  undo: 'nothing',
};

/**
 * The switch is decided: this makes it quick, it does not make it true. A node that cannot be reached now holds its writes until its lease ends,
 * finds the commit by itself and goes after the others, so nobody waits for it here; the proof will name it.
 */
export const flipGateways: Step<'flip-gateways'> = {
  timeoutMs: (step) => (step.timeoutMs ?? MOVE_CALL_MS) + INSIST_MS,
  failure: 'unproven',
  apply: async (step, context) => await onEveryReachable(step, context, 'flip'),
  undo: 'no-return',
};

export const resumeGateways: Step<'resume-gateways'> = {
  timeoutMs: (step) => (step.timeoutMs ?? MOVE_CALL_MS) + INSIST_MS,
  failure: 'unproven',
  apply: async (step, context) => await onEveryReachable(step, context, 'resume'),
  undo: 'no-return',
};

async function onEveryReachable({ gateways, timeoutMs = MOVE_CALL_MS }: { readonly gateways: readonly string[]; readonly timeoutMs?: number }, context: StepContext, verb: 'flip' | 'resume'): Promise<{ unreachable: string[]; nodes: TimedNode[] }> {
  const unreachable: string[] = [];
  const nodes: TimedNode[] = [];
  await onEveryNode(gatewaysNamed(context, gateways), async (gateway) => {
    try {
      nodes.push(await timed(gateway, context, () => insist(context, () => gateway.order(verb, orderOf(context), timeoutMs))));
    } catch (reason) {
      const { message } = GwctlError.from(reason);
      unreachable.push(gateway.node);
      context.note(`${message}; it holds its writes until it finds the commit by itself`);
    }
  });
  if (unreachable.length === gateways.length) throw new GwctlError('PROOF_FAILED', `${verb}: no node did it`);
  return { unreachable, nodes };
}

/** From the order to its answer: how long the writes of each node waited follows from it. */
interface TimedNode {
  readonly node: string;
  readonly tookMs: number;
}

async function timed(gateway: GatewayAdmin, { clock }: StepContext, act: () => Promise<unknown>): Promise<TimedNode> {
  const startMs = clock.elapsedMs();
  await act();
  return { node: gateway.node, tookMs: Math.round(clock.elapsedMs() - startMs) };
}

/**
 * All nodes go on serving the cluster that they serve. One that does not answer finds the abort on the log of the switch when it can, and goes
 * on by itself.
 */
export async function giveBack(step: { readonly gateways: readonly string[] }, context: StepContext): Promise<{ unreachable: string[] }> {
  const unreachable: string[] = [];
  await onEveryNode(gatewaysNamed(context, step.gateways), async (gateway) => {
    try {
      await gateway.order('abort', orderOf(context), GIVE_BACK_CALL_MS);
    } catch (reason) {
      const error = GwctlError.from(reason);
      if (error.code === 'NOT_AS_EXPECTED' && (await isNotOurs(gateway, context))) return;
      if (error.code !== 'UNAVAILABLE') throw reason;
      unreachable.push(gateway.node);
      context.note(`${error.message}; it serves ${context.plan.from} again when it finds that the switch was given up`);
    }
  });
  return { unreachable };
}

/** Another run has it, or it serves on where it was: this run holds nothing there. */
async function isNotOurs(gateway: GatewayAdmin, { runId, plan }: StepContext): Promise<boolean> {
  const { run, active } = await gateway.state();
  return run === null ? active === plan.from : run.runId !== runId;
}

/** A node that does not answer is asked again for a moment. A refusal is final. */
async function insist<T>(context: StepContext, act: () => Promise<T>): Promise<T> {
  const untilMs = context.clock.elapsedMs() + INSIST_MS;
  for (;;) {
    try {
      return await act();
    } catch (reason) {
      const error = GwctlError.from(reason);
      if (error.code !== 'UNAVAILABLE' || context.signal.aborted || context.clock.elapsedMs() > untilMs) throw error;
      context.note(error.message);
      await context.clock.sleep(RETRY_MS, context.signal).catch(() => {
        throw error;
      });
    }
  }
}
