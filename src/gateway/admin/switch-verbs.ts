import type { SwitchOrder, SwitchVerb } from '../../shared/admin-api.ts';
import { GwctlError } from '../../shared/errors.ts';
import type { AuditSink } from '../audit/audit-log.ts';
import type { Caller } from '../gateway-node.ts';
import type { SwitchController } from '../switch/switch-controller.ts';

type Verbs = { readonly [Verb in SwitchVerb]: (controller: SwitchController, order: SwitchOrder) => unknown };

const VERBS: Verbs = {
  prepare: (controller, order) => controller.prepare(order),
  'drain-groups': (controller, order) => controller.drainGroups(order),
  pause: (controller, order) => controller.pause(order),
  drain: (controller, order) => controller.drain(order),
  flip: (controller, order) => controller.flip(order),
  resume: (controller, order) => controller.resume(order),
  abort: (controller, order) => controller.abort(order),
  serve: (controller, order) => controller.serve(order),
};

/** Gives one order to a node, and records it with its outcome. What the verb finds out, if it does. Throws USAGE for a word that is no verb. */
export async function runSwitchVerb({ controller, audit }: { readonly controller: SwitchController; readonly audit: AuditSink }, verb: string, order: SwitchOrder, by: Caller): Promise<object | undefined> {
  if (!Object.hasOwn(VERBS, verb)) throw new GwctlError('USAGE', `unknown verb "${verb}"`);
  const from = controller.active === order.to ? null : controller.active;
  const record = (outcome: string, error: string | null): void => {
    audit.record({ kind: 'switch', ...by, details: { verb, runId: order.runId, generation: order.generation, from, to: order.to, outcome, error, ...(order.loss === undefined ? {} : { lostRecords: order.loss.records, isLossExact: order.loss.isExact, lossAcceptedBy: order.loss.acceptedBy }) } });
  };
  try {
    const found = await VERBS[verb as SwitchVerb](controller, order);
    record('done', null);
    return typeof found === 'object' && found !== null ? found : undefined;
  } catch (reason) {
    record(reason instanceof GwctlError ? reason.code : 'INTERNAL', reason instanceof Error ? reason.message : String(reason));
    throw reason;
  }
}
