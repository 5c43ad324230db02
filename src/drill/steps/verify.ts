import type { CheckReport } from '../../checks/check.ts';
import { previewSwitchOver } from '../../engine/switch-over.ts';
import { counted } from '../../shared/counted.ts';
import { pollUntilExpected } from '../poll.ts';
import type { StepRunner } from '../step-tools.ts';

/** Makes every check that a switch would make; `failing` names the checks that must be among those that refuse. */
export const verify: StepRunner<'verify'> = async ({ to, expect, failing = [], within }, tools) => {
  const checks = await pollUntilExpected({ ...tools, withinMs: within }, async () => {
    const preview = await previewSwitchOver({ to }, tools.world, tools.clock);
    const failed = preview.checks.filter(({ status }) => status === 'fail');
    const missing = failing.filter((id) => !failed.some((check) => check.id === id));
    if (preview.isReady !== (expect === 'ready')) return { ok: false, expected: `${expect} for a switch to ${to}`, seen: preview.isReady ? 'ready' : describe(failed) };
    if (missing.length > 0) return { ok: false, expected: `${missing.join(', ')} to refuse`, seen: describe(failed) };
    return { ok: true, value: preview.checks };
  });
  return {
    seen: expect === 'ready' ? `ready to switch to ${to}: ${counted(checks.length, 'check')}` : `refused, as expected: ${describe(checks.filter(({ status }) => status === 'fail'))}`,
    details: checks.map(({ id, status, evidence }) => `${status} ${id}: ${evidence}`),
    evidence: { checks: checks.map(({ id, status, evidence }) => ({ id, status, evidence })) },
  };
};

function describe(failed: readonly CheckReport[]): string {
  return failed.length === 0 ? 'no check that fails' : failed.map(({ id, evidence }) => `${id}: ${evidence}`).join('; ');
}
