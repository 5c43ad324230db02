import type { Loss } from '../checks/loss.ts';
import type { World } from '../checks/observe-world.ts';
import type { Plan, PlannedStep, StepKind } from '../plan/plan.ts';
import type { Canary } from '../ports/canary.ts';
import type { Clock } from '../ports/clock.ts';
import type { GatewayAdmin } from '../ports/gateway-admin.ts';
import type { AcceptedLoss, SwitchOrder } from '../shared/admin-api.ts';
import { GwctlError } from '../shared/errors.ts';

/** What a step works with. */
export interface StepContext {
  readonly runId: string;
  readonly plan: Plan;
  readonly world: World;
  readonly canary: Canary;
  readonly clock: Clock;
  /** What an unplanned switch was found to lose once nothing could be acknowledged any more. */
  readonly confirmedLoss?: Loss | undefined;
  /** The commit was sent: it may stand, whatever was answered. */
  readonly hasCommitted: boolean;
  /** Aborted when the step has used up its time, or when the user wants out before the flip. */
  readonly signal: AbortSignal;
  /** Tells people how far it is. */
  readonly note: (text: string) => void;
}

export type StepFunction<Kind extends StepKind> = (step: Extract<PlannedStep, { kind: Kind }>, context: StepContext) => Promise<StepEvidence>;

/** What a step has seen, for the report. */
export type StepEvidence = Readonly<Record<string, unknown>>;

export interface Step<Kind extends StepKind> {
  readonly timeoutMs: (step: Extract<PlannedStep, { kind: Kind }>) => number;
  /** Safe to repeat: after a crash nobody knows whether it took effect. */
  readonly apply: StepFunction<Kind>;
  /** Said for every step: 'nothing' was changed, past 'no-return' a person decides, or how it is put back. */
  readonly undo: StepFunction<Kind> | 'nothing' | 'no-return';
  /** What it means when it fails: a refusal changed nothing for any client; a proof comes after the switch. */
  readonly failure: 'refused' | 'failed' | 'unproven';
}

/** A new kind of step without an entry does not compile. */
export type StepRegistry = { readonly [Kind in StepKind]: Step<Kind> };

/** On top of the longest time in which a node hears nothing from its run. */
const LEASE_MARGIN_MS = 5000;

/** How long a node goes on holding writes for a run that is silent: a little longer than a run may pause it. */
export function leaseMsOf({ world }: Pick<StepContext, 'world'>): number {
  return world.topology.failover.pauseBudgetMs + LEASE_MARGIN_MS;
}

export function orderOf(context: StepContext, timeoutMs?: number): SwitchOrder {
  const { runId, plan, world } = context;
  const loss = lossOf(context);
  return { ...(loss === undefined ? {} : { loss }), runId, generation: plan.generation, from: plan.from, to: plan.to, by: world.operator, leaseMs: leaseMsOf(context), ...(timeoutMs === undefined ? {} : { timeoutMs }) };
}

/** What an unplanned switch loses, as it is written down; undefined for a planned one. */
export function lossOf({ plan: { unplanned }, confirmedLoss }: Pick<StepContext, 'plan' | 'confirmedLoss'>): AcceptedLoss | undefined {
  if (unplanned === undefined) return undefined;
  const { budget } = unplanned;
  const loss = confirmedLoss ?? unplanned.loss;
  return { records: loss.records, isExact: loss.isExact && loss.unknown.length === 0, acceptedBy: budget.acceptedBy ?? null };
}

export function gatewaysNamed(context: StepContext, names: readonly string[]): GatewayAdmin[] {
  return names.map((name) => {
    const gateway = context.world.gateways.find(({ node }) => node === name);
    if (gateway === undefined) throw new GwctlError('INTERNAL', `no gateway ${name} in this world`);
    return gateway;
  });
}

/** The same on every node at once; what failed is told together, with the first failure's code. */
export async function onEveryNode<T>(gateways: readonly GatewayAdmin[], act: (gateway: GatewayAdmin) => Promise<T>): Promise<T[]> {
  const outcomes = await Promise.allSettled(gateways.map(act));
  const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [GwctlError.from(outcome.reason)] : []));
  const [first] = failures;
  if (first !== undefined) {
    throw new GwctlError(first.code, failures.map(({ message }) => message).join('; '), { cause: first, ...(first.hint === undefined ? {} : { hint: first.hint }) });
  }
  return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
}
