import type { DrillStepInput } from '../scenario-schema.ts';
import type { Finding, HistoryVerdict } from './history-checker.ts';

const COUNTED = ['lost', 'duplicated', 'skipped', 'unseen', 'reordered'] as const;
/** No scenario can allow these: they are never right. */
const NEVER = ['invented', 'vanished'] as const;

/** What a load showed and may not, a line each; none when it is as the scenario expects. */
export function findLoadProblems(verdict: HistoryVerdict, expect: DrillStepInput<'stopLoad'>['expect']): readonly string[] {
  const problems: string[] = [];
  const compare = (what: string, { count, examples }: Finding, allowed: number): void => {
    if (count !== allowed) problems.push(`${what}: ${count} (expected: ${allowed})${examples.length === 0 ? '' : `, ${examples.join(', ')}${count > examples.length ? ', …' : ''}`}`);
  };
  const limit = (what: string, seen: number, max: number | undefined, unit = ''): void => {
    if (max !== undefined && seen > max) problems.push(`${what}: ${Math.round(seen)}${unit} (allowed: ${max}${unit})`);
  };
  for (const what of COUNTED) compare(what, verdict[what], expect[what]);
  for (const what of NEVER) compare(what, verdict[what], 0);
  compare('errors', { count: verdict.errors, examples: [] }, expect.errors);
  if (verdict.acknowledged < expect.minAcknowledged) problems.push(`acknowledged: ${verdict.acknowledged} (expected: at least ${expect.minAcknowledged})`);
  limit('redelivered', verdict.redelivered, expect.maxRedelivered);
  limit('longest gap of acknowledgements', verdict.longestAckGapMs, expect.maxAckGap, ' ms');
  limit('longest gap of deliveries', verdict.longestDeliveryGapMs, expect.maxDeliveryGap, ' ms');
  return problems;
}
