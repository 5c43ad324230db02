import type { LossBudget } from '../checks/loss-budget.ts';
import type { Loss } from '../checks/loss.ts';

/** One thing to be done, as data: dry-run prints it, the journal stores it, the engine runs it. `timeoutMs`: its deadline, of the step itself when absent. */
export type PlannedStep =
  | { readonly kind: 'translate-groups'; readonly timeoutMs: number }
  | { readonly kind: 'prepare-gateways'; readonly gateways: readonly string[]; readonly timeoutMs?: number }
  | { readonly kind: 'declare-intent'; readonly gateways: readonly string[]; readonly timeoutMs?: number }
  | { readonly kind: 'align-leaders'; readonly from: string; readonly timeoutMs: number }
  /** Until `timeoutMs` the target has to have caught up. */
  | { readonly kind: 'take-over-replication'; readonly gateways: readonly string[]; readonly from: string; readonly timeoutMs: number }
  | { readonly kind: 'drain-groups'; readonly gateways: readonly string[]; readonly timeoutMs: number }
  | { readonly kind: 'pause-gateways'; readonly gateways: readonly string[]; readonly timeoutMs?: number }
  | { readonly kind: 'drain-gateways'; readonly gateways: readonly string[]; readonly timeoutMs: number }
  /** `waitsBecause`: the replicator itself brings the last records, while clients wait, and why. */
  | { readonly kind: 'prove-tail'; readonly from: string; readonly timeoutMs: number; readonly waitsBecause?: string }
  | { readonly kind: 'move-groups'; readonly from: string; readonly timeoutMs: number }
  | { readonly kind: 'commit-switch'; readonly timeoutMs?: number }
  | { readonly kind: 'flip-gateways'; readonly gateways: readonly string[]; readonly timeoutMs?: number }
  | { readonly kind: 'resume-gateways'; readonly gateways: readonly string[]; readonly timeoutMs?: number }
  | { readonly kind: 'retire-replication'; readonly from: string; readonly timeoutMs?: number }
  | { readonly kind: 'await-gateways'; readonly gateways: readonly string[]; readonly timeoutMs: number }
  | { readonly kind: 'prove-switch'; readonly gateways: readonly string[]; readonly from: string; readonly isSourceGone?: true; readonly timeoutMs?: number }
  | { readonly kind: 'fence-source'; readonly from: string; readonly timeoutMs?: number }
  | { readonly kind: 'cut-gateways'; readonly gateways: readonly string[]; readonly from: string; readonly timeoutMs?: number }
  | { readonly kind: 'switch-node'; readonly gateway: string; readonly from: string; readonly timeoutMs: number; readonly isSourceGone?: true }
  | { readonly kind: 'await-tail'; readonly from: string; readonly timeoutMs: number }
  | { readonly kind: 'confirm-loss'; readonly gateways: readonly string[]; readonly from: string; readonly timeoutMs?: number };

export type StepKind = PlannedStep['kind'];

export interface Plan {
  readonly to: string;
  readonly from: string;
  /** What was true when it was made; the engine refuses to start when it is true no more. */
  readonly basis: { readonly active: string; readonly generation: number };
  /** What the switch leads to; a generation that was given up is not used again. */
  readonly generation: number;
  readonly steps: readonly PlannedStep[];
  /** What a switch with nodes of the built-in gateway promises and this one does not; absent: it keeps every promise. */
  readonly unkept?: readonly string[];
  /** Of a switch whose source is not asked. */
  readonly unplanned?: UnplannedTerms;
}

/** What was seen and consented to before an unplanned switch. */
export interface UnplannedTerms {
  readonly withoutNodes: readonly string[];
  readonly loss: Loss;
  readonly budget: LossBudget;
}

export function describeStep(step: PlannedStep, to: string): string {
  switch (step.kind) {
    case 'translate-groups':
      return `find out where every consumer group goes on on ${to}`;
    case 'prepare-gateways':
      return `ask ${list(step.gateways)} whether they can serve ${to}`;
    case 'declare-intent':
      return 'say on the log of the switch that it is under way';
    case 'align-leaders':
      return `let the brokers of ${to} lead what the same brokers of ${step.from} lead, so that clients need not look for them`;
    case 'take-over-replication':
      return `take the replication ${step.from}->${to} over from MirrorMaker, and copy until ${to} is close behind`;
    case 'drain-groups':
      return `let consumer groups commit what they have read, on ${list(step.gateways)}`;
    case 'pause-gateways':
      return `hold writes on ${list(step.gateways)}`;
    case 'drain-gateways':
      return `wait until every write is answered on ${list(step.gateways)}`;
    case 'prove-tail':
      return `wait until the last record of every replicated partition of ${step.from} is on ${to}${step.waitsBecause === undefined ? '' : ` (MirrorMaker brings it while writes wait: ${step.waitsBecause})`}`;
    case 'move-groups':
      return `write the exact position of every consumer group to ${to}`;
    case 'commit-switch':
      return `decide the switch, on the log of ${to}`;
    case 'flip-gateways':
      return `switch ${list(step.gateways)} to ${to}`;
    case 'resume-gateways':
      return `let writes pass on ${list(step.gateways)}`;
    case 'retire-replication':
      return `leave the replication ${step.from}->${to} off: ${step.from} is not active any more`;
    case 'await-gateways':
      return `wait until ${list(step.gateways)} serve${step.gateways.length === 1 ? 's' : ''} ${to}`;
    case 'prove-switch':
      return `write and read a record through ${list(step.gateways)}: on ${to}${step.isSourceGone === true ? ` (${step.from} is not asked)` : `, and not on ${step.from}`}`;
    case 'fence-source':
      return `fence MirrorMaker, so that nothing of ${step.from} arrives on ${to} any more`;
    case 'cut-gateways':
      return `end every connection of ${list(step.gateways)} to ${step.from}: what it has not acknowledged is sent again`;
    case 'switch-node':
      return `switch ${step.gateway} to ${to} with its own call, and find a record through it on ${to}${step.isSourceGone === true ? ` (${step.from} is not asked)` : `, and not on ${step.from}`}`;
    case 'await-tail':
      return `wait until MirrorMaker has brought what was written to ${step.from} before its last node was switched`;
    case 'confirm-loss':
      return `reckon again what is lost, now that ${step.from} acknowledges nothing any more`;
    default:
      return assertNever(step);
  }
}

/** From which step on nothing is put back any more: the decision of all nodes together, or what follows the call of the last one. Undefined in a plan that finishes another. */
export function indexOfNoReturn({ steps }: Plan): number | undefined {
  const commit = steps.findIndex(({ kind }) => kind === 'commit-switch');
  if (commit >= 0) return commit;
  const lastCall = steps.findLastIndex(({ kind }) => kind === 'switch-node');
  return lastCall < 0 ? undefined : lastCall + 1;
}

/** Every node that takes part, in order. */
export function nodesOfPlan({ steps }: Pick<Plan, 'steps'>): readonly string[] {
  return [...new Set(steps.flatMap((step) => ('gateways' in step ? step.gateways : 'gateway' in step ? [step.gateway] : [])))];
}

function list(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}

function assertNever(value: never): never {
  throw new Error(`unknown step ${JSON.stringify(value)}`);
}
