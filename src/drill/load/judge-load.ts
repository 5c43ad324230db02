import type { DrillStepInput } from '../scenario-schema.ts';
import type { Finding, HistoryVerdict } from './history-checker.ts';

const COUNTED = ['duplicated', 'skipped', 'unseen', 'reordered'] as const;
/** No scenario can allow these: they are never right. */
const NEVER = ['invented', 'vanished'] as const;

/** What unplanned switches have said that they lose of a topic. */
export interface AnnouncedLoss {
  readonly records: number;
  /** false: at most so many. */
  readonly isExact: boolean;
}

const NO_LOSS: AnnouncedLoss = { records: 0, isExact: true };

/** What a load showed and may not, a line each; none when it is as the scenario expects. */
export function findLoadProblems(verdict: HistoryVerdict, expect: DrillStepInput<'stopLoad'>['expect'], announced: AnnouncedLoss = NO_LOSS): readonly string[] {
  const problems: string[] = [];
  const compare = (what: string, { count, examples }: Finding, expected: number | { readonly max: number }): void => {
    const isRight = typeof expected === 'number' ? count === expected : count <= expected.max;
    if (!isRight) problems.push(`${what}: ${count} (${typeof expected === 'number' ? `expected: ${expected}` : `allowed: ${expected.max}`})${examples.length === 0 ? '' : `, ${examples.join(', ')}${count > examples.length ? ', …' : ''}`}`);
  };
  const limit = (what: string, seen: number, max: number | undefined, unit = ''): void => {
    if (max !== undefined && seen > max) problems.push(`${what}: ${Math.round(seen)}${unit} (allowed: ${max}${unit})`);
  };
  const lost = expect.lost !== 'announced' ? expect.lost : announced.isExact ? announced.records : { max: announced.records };
  compare('lost', verdict.lost, lost);
  for (const what of COUNTED) compare(what, verdict[what], expect[what]);
  for (const what of NEVER) compare(what, verdict[what], 0);
  compare('errors', { count: verdict.errors, examples: [] }, expect.errors);
  if (verdict.acknowledged < expect.minAcknowledged) problems.push(`acknowledged: ${verdict.acknowledged} (expected: at least ${expect.minAcknowledged})`);
  limit('redelivered', verdict.redelivered, expect.maxRedelivered);
  limit('longest gap of acknowledgements', verdict.longestAckGapMs, expect.maxAckGap, ' ms');
  limit('longest gap of deliveries', verdict.longestDeliveryGapMs, expect.maxDeliveryGap, ' ms');
  return problems;
}
