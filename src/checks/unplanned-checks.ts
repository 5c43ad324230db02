import { fail, pass, some, warn, type CheckReport, type CheckResult } from './check.ts';
import { gatewaysAgree } from './gateways-agree.ts';
import { judgeLoss, type LossBudget } from './loss-budget.ts';
import { describeLoss } from './loss.ts';
import type { UnplannedView } from './observe-unplanned.ts';
import { counted } from '../shared/counted.ts';

/** What must be true before an unplanned switch. `isAsked`: a person is shown the loss, and asked. */
export function runUnplannedChecks(view: UnplannedView, budget: LossBudget, isAsked: boolean): CheckReport[] {
  return [
    { id: 'gateways-agree', title: 'every gateway node that takes part answers, on one cluster and generation', ...nodesAnswer(view) },
    { id: 'source-gone', title: 'the active cluster does not answer', ...sourceGone(view) },
    { id: 'target-usable', title: 'the target answers, and no partition is offline', ...targetUsable(view) },
    { id: 'loss-allowed', title: 'what would be lost is known and allowed', ...lossAllowed(view, budget, isAsked) },
  ];
}

function nodesAnswer({ seen, withoutNodes }: UnplannedView): CheckResult {
  const result = gatewaysAgree.run(seen);
  if (result.status === 'fail') {
    const silent = seen.nodes.filter(({ state }) => !state.ok).map(({ name }) => name);
    return silent.length === 0 ? result : { ...result, hint: `start the node, or leave it out with ${silent.map((name) => `--without-node ${name}`).join(' ')}: it stops by itself when it sees the switch` };
  }
  if (withoutNodes.length === 0) return result;
  return warn(`${result.evidence}; left out: ${withoutNodes.join(', ')}`, 'a node that is left out stops by itself once it sees the switch on the target; until then it may go on with a source that lives');
}

function sourceGone({ seen, source }: UnplannedView): CheckResult {
  const name = seen.active ?? 'the active cluster';
  if (!source.ok) return pass(`${name}: ${source.why}`);
  return warn(`${name} answers`, `a planned switch loses nothing: gwctl failover --to ${seen.to}`);
}

function targetUsable({ seen }: UnplannedView): CheckResult {
  const view = seen.clusters.get(seen.to);
  if (view === undefined || !view.ok) return fail(`${seen.to} cannot be read: ${view?.why ?? 'it is not known'}`, view?.hint?.replaceAll('NAME', seen.to) ?? 'without the target there is nowhere to go: look at its brokers');
  const { brokers, topics } = view.value.description;
  const partitions = topics.flatMap((topic) => topic.partitions.map((partition) => ({ name: `${topic.name}-${partition.index}`, ...partition })));
  const offline = partitions.filter(({ leader }) => leader < 0);
  if (offline.length > 0) return fail(`${seen.to}: ${counted(offline.length, 'partition')} ${offline.length === 1 ? 'is' : 'are'} offline: ${some(offline.map(({ name }) => name))}`, 'bring their brokers back');
  const behind = partitions.filter(({ inSync, replicas }) => inSync.length < replicas.length);
  if (behind.length > 0) return warn(`${seen.to}: ${counted(behind.length, 'partition')} ${behind.length === 1 ? 'is' : 'are'} under-replicated: ${some(behind.map(({ name }) => name))}`, 'it can serve; bring its brokers back');
  return pass(`${seen.to}: ${counted(brokers.length, 'broker')}, ${counted(partitions.length, 'partition')}, all in sync`);
}

function lossAllowed({ loss }: UnplannedView, budget: LossBudget, isAsked: boolean): CheckResult {
  const hasTerms = budget.maxRecords !== undefined || budget.maxSeconds !== undefined || budget.acceptedBy !== undefined;
  if (isAsked && !hasTerms && loss.unknown.length === 0 && loss.records > 0) return warn(describeLoss(loss), 'you are asked before anything happens');
  return judgeLoss(loss, budget);
}
