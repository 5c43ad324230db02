import type { CheckReport } from '../../checks/check.ts';
import { describeLoss, type Loss } from '../../checks/loss.ts';
import { openJournal } from '../../engine/journal.ts';
import { previewUnplanned } from '../../engine/preview-unplanned.ts';
import type { RunEvent } from '../../engine/run-event.ts';
import type { RunResult } from '../../engine/run-plan.ts';
import { summariseRun } from '../../engine/summarise-run.ts';
import { newRunId, previewSwitchOver, runSwitchOver, type SwitchOverPreview } from '../../engine/switch-over.ts';
import { GwctlError } from '../../shared/errors.ts';
import { notAsExpected } from '../expectation.ts';
import { pollUntilExpected } from '../poll.ts';
import type { DrillStepInput } from '../scenario-schema.ts';
import type { StepResult, StepRunner, StepTools } from '../step-tools.ts';
import { adminOf } from './find.ts';

/** What is known before anything is changed, of either kind of switch. */
type Preview = Pick<SwitchOverPreview, 'plan' | 'checks' | 'isNoOp' | 'isReady'>;

/** gwctl's own switch: checks, every node, proof; then each node is asked again what it serves. */
export const failover: StepRunner<'failover'> = async (input, tools) => {
  const { to, expect, nodes, withoutNodes = [], within } = input;
  // A check that refuses now may pass in a moment: MirrorMaker gives its tasks out anew when there is a new topic.
  const preview = await pollUntilExpected({ ...tools, withinMs: within }, async () => {
    const value = await look(input, tools);
    return value.isNoOp || value.isReady || expect !== 'switched' ? { ok: true, value } : { ok: false, expected: `a switch to ${to}`, seen: `that it is refused, nothing was changed: ${describe(value)}` };
  });
  const names = nodes ?? tools.world.gateways.map(({ node }) => node).filter((name) => !withoutNodes.includes(name));
  if (preview.isNoOp) {
    if (expect !== 'no-op') throw notAsExpected(`${to} to be ${expect}`, `that ${to} is active already`);
    return { seen: `${to} is active already: nothing to do`, evidence: await assertActive(tools, names, to) };
  }
  if (!preview.isReady) return refused(preview, expect, to);
  const { runId, journal, result, loss } = await run(preview, tools);
  if (result.outcome === 'switched' || result.outcome === 'unproven' || result.outcome === 'stuck') tools.markSwitched();
  if (result.error !== undefined) {
    if (expect === 'refused' && result.outcome === 'refused') return { seen: `refused, as expected: ${result.error.message}`, evidence: { runId, journal } };
    throw result.error;
  }
  if (expect !== 'switched') throw notAsExpected(`a switch to ${to} to be ${expect}`, 'that it happened');
  const active = await assertActive(tools, names, to);
  if (loss !== undefined) announce(loss, tools);
  const pause = result.writePauseMs === undefined ? '' : `, writes were held for ${result.writePauseMs} ms at most`;
  return {
    seen: `switched to ${to} in ${result.durationMs} ms${pause}${loss === undefined ? '' : `; given up: ${describeLoss(loss)}`}`,
    details: names.map((name) => `${name} serves ${to}`),
    evidence: { runId, journal, durationMs: result.durationMs, writePauseMs: result.writePauseMs, ...(loss === undefined ? {} : { loss }), ...active },
  };
};

async function look({ to, mode, maxLossRecords, maxLossSeconds, acceptLossBy, withoutNodes = [] }: DrillStepInput<'failover'>, { world, clock }: StepTools): Promise<Preview> {
  if (mode === 'planned') return await previewSwitchOver({ to }, world, clock);
  const budget = {
    ...(maxLossRecords === undefined ? {} : { maxRecords: maxLossRecords }),
    ...(maxLossSeconds === undefined ? {} : { maxSeconds: maxLossSeconds }),
    ...(acceptLossBy === undefined ? {} : { acceptedBy: acceptLossBy }),
  };
  return await previewUnplanned({ to, expectActive: undefined, withoutNodes, budget, isAsked: false }, world, clock);
}

/** A load that is stopped later has lost so many, and no more. */
function announce({ topics }: Loss, { announcedLosses }: StepTools): void {
  for (const { topic, records, isExact } of topics) {
    const before = announcedLosses.get(topic) ?? { records: 0, isExact: true };
    announcedLosses.set(topic, { records: before.records + records, isExact: before.isExact && isExact });
  }
}

function refused(preview: Preview, expect: string, to: string): StepResult {
  const why = describe(preview);
  if (expect !== 'refused') throw notAsExpected(`a switch to ${to} (${expect})`, `that it is refused, nothing was changed: ${why}`);
  return { seen: `refused, as expected: ${why}`, evidence: { failed: failedOf(preview).map(({ id }) => id) } };
}

function describe(preview: Preview): string {
  return failedOf(preview).map(({ id, evidence }) => `${id}: ${evidence}`).join('; ');
}

function failedOf({ checks }: Preview): readonly CheckReport[] {
  return checks.filter(({ status }) => status === 'fail');
}

interface FinishedRun {
  readonly runId: string;
  readonly journal: string;
  readonly result: RunResult;
  /** Of an unplanned switch. */
  readonly loss: Loss | undefined;
}

async function run({ plan }: Preview, tools: StepTools): Promise<FinishedRun> {
  const { world, canary, clock, signal, onRunEvent } = tools;
  const runId = newRunId(clock.now());
  const journal = await openJournal(tools.environmentDir, runId);
  const events: RunEvent[] = [];
  try {
    const result = await runSwitchOver({ runId, plan, world, canary, clock, signal, listeners: [journal.listener, (event) => void events.push(event), onRunEvent] });
    return { runId, journal: journal.file, result, loss: summariseRun({ name: runId, events, problem: undefined })?.unplanned?.loss };
  } finally {
    await journal.close();
  }
}

async function assertActive(tools: StepTools, names: readonly string[], to: string): Promise<{ readonly generation: number }> {
  const states = await Promise.all(names.map((name) => adminOf(tools, name).state()));
  for (const { node, active, phase } of states) if (active !== to || phase !== 'serving') throw notAsExpected(`${node} to serve ${to}`, `that it serves ${active} and is ${phase}`);
  const [first] = states;
  if (first === undefined) throw new GwctlError('CONFIG', 'this environment has no gateway');
  return { generation: first.generation };
}
