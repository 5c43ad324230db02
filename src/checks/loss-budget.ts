import { counted } from '../shared/counted.ts';
import { fail, pass, warn, type CheckResult } from './check.ts';
import { describeLoss, type Loss } from './loss.ts';

/** What may be lost without asking further. */
export interface LossBudget {
  readonly maxRecords?: number;
  readonly maxSeconds?: number;
  /** Who answers for it, whatever it is. */
  readonly acceptedBy?: string;
}

/** Whether that loss is within the budget; without one only nothing is. What is not known is never within it. */
export function judgeLoss(loss: Loss, { maxRecords, maxSeconds, acceptedBy }: LossBudget): CheckResult {
  const seen = [describeLoss(loss), ...loss.unknown, ...(loss.notMirrored.length === 0 ? [] : [`not mirrored at all: ${loss.notMirrored.join(', ')}`])].join('; ');
  if (acceptedBy !== undefined) return warn(`${seen}; accepted by ${acceptedBy}`, 'this stands in the journal, on the log of the switch and in _auditLogs');
  if (loss.unknown.length > 0) return fail(seen, 'nobody can say how much would be lost; whoever answers for it says so with --accept-loss-by NAME');
  const hasBudget = maxRecords !== undefined || maxSeconds !== undefined;
  const allowed = [...(maxRecords === undefined ? [] : [counted(maxRecords, 'record')]), ...(maxSeconds === undefined ? [] : [`${maxSeconds} s`])].join(' and ');
  const isAbove = hasBudget ? loss.records > (maxRecords ?? Infinity) || loss.seconds > (maxSeconds ?? Infinity) : loss.records > 0;
  if (!isAbove) return pass(hasBudget ? `${seen} (allowed: ${allowed})` : seen);
  return fail(hasBudget ? `${seen} (allowed: ${allowed})` : seen, 'allow it with --max-loss-records and --max-loss-seconds, or let somebody answer for it with --accept-loss-by NAME');
}

/** Why what is lost now is more than what was consented to; undefined: it is not. */
export function exceeds(now: Loss, consented: Loss, budget: LossBudget): string | undefined {
  if (budget.acceptedBy !== undefined) return undefined;
  if (now.unknown.length > 0) return describeLoss(now);
  if (budget.maxRecords !== undefined || budget.maxSeconds !== undefined) {
    const { status, evidence } = judgeLoss(now, budget);
    return status === 'fail' ? evidence : undefined;
  }
  return now.records > consented.records ? `${describeLoss(now)}, and consented were ${describeLoss(consented)}` : undefined;
}
