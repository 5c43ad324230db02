import type { CheckReport } from '../../checks/check.ts';
import { openJournal } from '../../engine/journal.ts';
import type { RunResult } from '../../engine/run-plan.ts';
import { newRunId, previewSwitchOver, runSwitchOver, type SwitchOverPreview } from '../../engine/switch-over.ts';
import { GwctlError } from '../../shared/errors.ts';
import { notAsExpected } from '../expectation.ts';
import { pollUntilExpected } from '../poll.ts';
import type { StepResult, StepRunner, StepTools } from '../step-tools.ts';
import { adminOf } from './find.ts';

/** gwctl's own switch: checks, every node, proof; then each node is asked again what it serves. */
export const failover: StepRunner<'failover'> = async ({ to, expect, nodes, within }, tools) => {
  // A check that refuses now may pass in a moment: MirrorMaker gives its tasks out anew when there is a new topic.
  const preview = await pollUntilExpected({ ...tools, withinMs: within }, async () => {
    const value = await previewSwitchOver({ to }, tools.world, tools.clock);
    return value.isNoOp || value.isReady || expect !== 'switched' ? { ok: true, value } : { ok: false, expected: `a switch to ${to}`, seen: `that it is refused, nothing was changed: ${describe(value)}` };
  });
  const names = nodes ?? tools.world.gateways.map(({ node }) => node);
  if (preview.isNoOp) {
    if (expect !== 'no-op') throw notAsExpected(`${to} to be ${expect}`, `that ${to} is active already`);
    return { seen: `${to} is active already: nothing to do`, evidence: await assertActive(tools, names, to) };
  }
  if (!preview.isReady) return refused(preview, expect, to);
  const { runId, journal, result } = await run(preview, tools);
  if (result.outcome === 'switched' || result.outcome === 'unproven' || result.outcome === 'stuck') tools.markSwitched();
  if (result.error !== undefined) {
    if (expect === 'refused' && result.outcome === 'refused') return { seen: `refused, as expected: ${result.error.message}`, evidence: { runId, journal } };
    throw result.error;
  }
  if (expect !== 'switched') throw notAsExpected(`a switch to ${to} to be ${expect}`, 'that it happened');
  const active = await assertActive(tools, names, to);
  const pause = result.writePauseMs === undefined ? '' : `, writes were held for ${result.writePauseMs} ms at most`;
  return {
    seen: `switched to ${to} in ${result.durationMs} ms${pause}`,
    details: names.map((name) => `${name} serves ${to}`),
    evidence: { runId, journal, durationMs: result.durationMs, writePauseMs: result.writePauseMs, ...active },
  };
};

function refused(preview: SwitchOverPreview, expect: string, to: string): StepResult {
  const why = describe(preview);
  if (expect !== 'refused') throw notAsExpected(`a switch to ${to} (${expect})`, `that it is refused, nothing was changed: ${why}`);
  return { seen: `refused, as expected: ${why}`, evidence: { failed: failedOf(preview).map(({ id }) => id) } };
}

function describe(preview: SwitchOverPreview): string {
  return failedOf(preview).map(({ id, evidence }) => `${id}: ${evidence}`).join('; ');
}

function failedOf({ checks }: SwitchOverPreview): readonly CheckReport[] {
  return checks.filter(({ status }) => status === 'fail');
}

async function run({ plan }: SwitchOverPreview, tools: StepTools): Promise<{ readonly runId: string; readonly journal: string; readonly result: RunResult }> {
  const { world, canary, clock, signal, onRunEvent } = tools;
  const runId = newRunId(clock.now());
  const journal = await openJournal(tools.environmentDir, runId);
  try {
    const result = await runSwitchOver({ runId, plan, world, canary, clock, signal, listeners: [journal.listener, onRunEvent] });
    return { runId, journal: journal.file, result };
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
