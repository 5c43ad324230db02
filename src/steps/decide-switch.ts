import { decide, type StateLog } from '../arbiter/state-log.ts';
import type { Decision, StateRecord } from '../arbiter/state-record.ts';
import { joinedNodes, openIntent } from '../arbiter/state-rules.ts';
import { GwctlError } from '../shared/errors.ts';
import { leaseMsOf, lossOf, type Step, type StepContext } from './step.ts';

const TIMEOUT_MS = 15_000;
const RETRY_MS = 200;

/**
 * Says on the log of the cluster that is left that a switch is under way, before anybody is paused: a node that starts from here on waits for
 * the decision. A node that was there before and is not in this run must not be left behind, so it is a reason to refuse; another run's
 * intent that nobody has decided is one too, unless that run is over.
 */
export const declareIntent: Step<'declare-intent'> = {
  timeoutMs: (step) => step.timeoutMs ?? TIMEOUT_MS,
  failure: 'refused',
  apply: async (step, context) => {
    const { runId, plan } = context;
    const source = stateLogOf(context, plan.from);
    const before = await source.read();
    refuseStrangers(before, step.gateways, plan.from);
    await endForeignIntent(before, context);
    await announceOnSource(context);
    const records = await source.read();
    const rival = records.find((record) => record.kind === 'intent' && record.generation === plan.generation);
    if (rival?.kind === 'intent' && rival.runId !== runId) throw new GwctlError('LOCKED', `run ${rival.runId} of ${rival.by} began the same switch a moment before`);
    refuseStrangers(records, step.gateways, plan.from);
    return { generation: plan.generation, nodes: step.gateways };
  },
  undo: async (_step, context) => {
    try {
      return { decision: (await giveUp(context))?.kind ?? 'nothing to decide' };
    } catch (reason) {
      const { code, message } = GwctlError.from(reason);
      if (context.hasCommitted || code !== 'UNAVAILABLE') throw reason;
      // Nobody else could commit this generation, and no node obeys it any more: it is not worth keeping the nodes for.
      context.note(`nobody could write down that the switch is given up (${message}): if its intent stands on ${context.plan.from}, a node that starts waits for its lease; \`gwctl rollback\` ends that`);
      return { decision: 'unknown' };
    }
  },
};

/** Asked before the intent, so that nothing of another run is decided that holds them; and after it, for those that came in between. */
function refuseStrangers(records: readonly StateRecord[], gateways: readonly string[], from: string): void {
  const strangers = [...joinedNodes(records)].filter((node) => !gateways.includes(node));
  if (strangers.length === 0) return;
  throw new GwctlError('CHECK_FAILED', `${strangers.join(', ')} serve${strangers.length === 1 ? 's' : ''} ${from}, too, and would be left behind`, {
    hint: 'add the node to gwctl.yaml, or stop it in an orderly way (SIGTERM), which takes it off the list',
  });
}

/** A node that starts from here on waits for the decision. */
export async function announceOnSource(context: StepContext): Promise<void> {
  const { runId, plan, world, clock } = context;
  await stateLogOf(context, plan.from).append({ kind: 'intent', generation: plan.generation, from: plan.from, to: plan.to, runId, by: world.operator, leaseMs: leaseMsOf(context), at: clock.now().toISOString() });
}

/** The switch happens when this record is the first of its generation. From then on every node goes there, whoever dies. */
export const commitSwitch: Step<'commit-switch'> = {
  timeoutMs: (step) => step.timeoutMs ?? TIMEOUT_MS,
  failure: 'failed',
  apply: async (_step, context) => {
    const { plan, runId } = context;
    const decision = await untilDecided(context, decisionOf(context, 'commit'));
    if (decision.kind === 'abort') throw new GwctlError('UNAVAILABLE', `${decision.by} gave the switch up before it was committed: the lease of this run had ended`);
    if (decision.runId !== runId) throw new GwctlError('NOT_AS_EXPECTED', `run ${decision.runId} of ${decision.by} committed generation ${plan.generation}`);
    await copyTo(context, decision);
    return { generation: plan.generation };
  },
  undo: async (_step, context) => {
    const decision = await giveUp(context);
    if (decision?.kind === 'commit') throw new GwctlError('NEEDS_OPERATOR', `generation ${decision.generation} was committed: ${context.plan.to} is active`, { hint: 'finish it with `gwctl resume`' });
    return { decision: decision?.kind ?? 'nothing to decide' };
  },
};

/**
 * A lost answer says nothing: while the log waits for a broker that has died or hangs, the record is there and cannot be read yet, or cannot be written
 * until another broker leads. It is asked again until somebody can tell; that is safe, since only the first decision counts.
 */
async function untilDecided(context: StepContext, wanted: Decision): Promise<Decision> {
  let told = '';
  for (;;) {
    try {
      return await decide(stateLogOf(context, context.plan.to), wanted);
    } catch (reason) {
      const error = GwctlError.from(reason);
      if (error.code !== 'UNAVAILABLE' || context.signal.aborted) throw error;
      if (error.message !== told) context.note((told = error.message));
      await context.clock.sleep(RETRY_MS, context.signal).catch(() => {
        throw error;
      });
    }
  }
}

/**
 * Decides against the switch, unless it was decided already. When the target is gone and nobody has sent a commit there, the copy on the other
 * log is enough: only this run could have committed. Where there is no other log, or a commit may be on its way, the target's own word is waited for.
 */
export async function giveUp(context: StepContext): Promise<Decision | undefined> {
  if (!context.hasCommitted && !(await isOurs(context))) return undefined;
  const wanted = decisionOf(context, 'abort');
  const needsTarget = context.hasCommitted || context.plan.unplanned !== undefined;
  try {
    const decision = needsTarget ? await untilDecided(context, wanted) : await decide(stateLogOf(context, context.plan.to), wanted);
    await copyTo(context, decision);
    return decision;
  } catch (reason) {
    if (needsTarget) throw reason;
    await stateLogOf(context, context.plan.from).append(wanted);
    return wanted;
  }
}

/**
 * The generation belongs to the run whose intent was first: whoever came later has nothing to say. Where nobody can read, or nothing is there yet, it
 * may be ours: an intent whose answer was lost may come to light later, and must not stand undecided then.
 */
async function isOurs(context: StepContext): Promise<boolean> {
  const { plan, runId } = context;
  // Its own intent was never needed: nobody can have counted on it.
  if (plan.unplanned !== undefined) return true;
  const records = await stateLogOf(context, plan.from).read().catch(() => undefined);
  const first = records?.find((record) => record.kind === 'intent' && record.generation === plan.generation);
  return first === undefined || (first.kind === 'intent' && first.runId === runId);
}

/** For readers that cannot reach the other cluster. */
async function copyTo(context: StepContext, decision: Decision): Promise<void> {
  const copying = stateLogOf(context, context.plan.from).append(decision);
  // Nobody waits for a source that is given up: once it can be reached, the nodes tell it.
  if (context.plan.unplanned !== undefined) return void copying.catch(() => {});
  try {
    await copying;
  } catch (reason) {
    context.note(`the decision was not copied to ${context.plan.from}: ${GwctlError.from(reason).message}`);
  }
}

/** This run holds every node that is registered, so the lease of any run before is over: what it has not decided is decided now. */
async function endForeignIntent(records: readonly StateRecord[], context: StepContext): Promise<void> {
  const { plan, runId, world, clock } = context;
  const logs = new Map([[plan.from, records], [plan.to, await stateLogOf(context, plan.to).read()]]);
  const intent = openIntent(logs, { active: plan.from, generation: plan.basis.generation });
  if (intent === undefined || intent.runId === runId) return;
  const { generation, from, to } = intent;
  const decision = await decide(stateLogOf(context, to), { kind: 'abort', generation, from, to, runId: intent.runId, by: world.operator, at: clock.now().toISOString() });
  if (decision.kind === 'commit') {
    throw new GwctlError('NOT_AS_EXPECTED', `run ${intent.runId} of ${intent.by} switched to ${to} already`, { hint: 'finish it with `gwctl resume`' });
  }
  await copyTo(context, decision);
  context.note(`run ${intent.runId} of ${intent.by} was given up: nobody had decided it`);
}

function decisionOf(context: StepContext, kind: Decision['kind']): Decision {
  const { plan, runId, world, clock } = context;
  const loss = lossOf(context);
  return { kind, generation: plan.generation, from: plan.from, to: plan.to, runId, by: world.operator, at: clock.now().toISOString(), ...(loss === undefined ? {} : { loss }) };
}

function stateLogOf({ world }: StepContext, name: string): StateLog {
  const cluster = world.clusters.get(name);
  if (cluster === undefined) throw new GwctlError('INTERNAL', `no cluster ${name} in this world`);
  return cluster.stateLog;
}
