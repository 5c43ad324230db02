import { GwctlError } from '../shared/errors.ts';
import type { CliContext } from './context.ts';
import { confirm } from './confirm.ts';
import { executePlan } from './execute-plan.ts';
import type { FailoverOptions } from './failover.ts';
import type { Opened } from './with-world.ts';

/** The source is gone: what would be lost is shown before anybody consents, and nothing waits for the source. */
export async function switchUnplanned(options: FailoverOptions, opened: Opened, context: CliContext): Promise<number> {
  const [{ previewUnplanned }, { renderChecks }, { renderLoss }, { renderPlan, renderUnkept }, { createPalette }, { writeJson }, { hashPlan }] = await Promise.all([
    import('../engine/preview-unplanned.ts'),
    import('../report/checks.ts'),
    import('../report/loss.ts'),
    import('../report/run.ts'),
    import('../report/palette.ts'),
    import('../report/json.ts'),
    import('../plan/hash-plan.ts'),
  ]);
  const isJson = options.output === 'json';
  const preview = await previewUnplanned(
    { to: options.to, expectActive: options.expectActive, withoutNodes: options.withoutNode ?? [], budget: budgetOf(options), isAsked: options.dryRun === true || (options.yes !== true && context.isTerminal.in) },
    opened.world, opened.clock,
  );
  const { plan, checks, view } = preview;
  if (preview.isNoOp) {
    if (isJson) writeJson(context.out, { outcome: 'no-op', active: plan.to, generation: plan.basis.generation });
    else context.out.write(`${plan.to} is active already on every node: nothing to do\n`);
    return 0;
  }
  const hash = hashPlan(plan);
  if (options.planHash !== undefined && options.planHash !== hash) {
    throw new GwctlError('NOT_AS_EXPECTED', `the plan is ${hash} by now, expected ${options.planHash}: nothing was changed`, { hint: 'look at the new plan with --dry-run' });
  }
  if (!isJson) {
    const palette = createPalette(context.isTerminal.err, context.env);
    context.err.write(`${renderChecks(checks, palette)}\n${renderLoss(view.loss, plan.from, plan.to, palette)}\n`);
  }
  if (!preview.isReady) {
    const failed = checks.filter(({ status }) => status === 'fail');
    throw new GwctlError('CHECK_FAILED', `not switched to ${plan.to}, nothing was changed: ${failed.map(({ id, evidence }) => `${id}: ${evidence}`).join('; ')}`, {
      ...(failed[0]?.hint === undefined ? {} : { hint: failed[0].hint }),
      details: { checks, loss: view.loss },
    });
  }
  if (options.dryRun === true) {
    if (isJson) writeJson(context.out, { outcome: 'dry-run', plan, planHash: hash, checks, loss: view.loss });
    else context.out.write(`this is what an unplanned switch from ${plan.from} to ${plan.to} would do:\n${renderPlan(plan)}run exactly this with: ${commandOf(options, plan.from, hash)}\n`);
    return 0;
  }
  if (!isJson) context.err.write(renderUnkept(plan));
  const names = view.seen.nodes.map(({ name }) => name).join(', ');
  await confirm(`give up ${plan.from} with what is shown as lost, and switch ${names} to ${plan.to}? Type the name of the new cluster: `, plan.to, { yes: options.yes, isJson }, context);
  return await executePlan({ plan, checks, isJson }, opened, context);
}

function budgetOf({ maxLossRecords, maxLossSeconds, acceptLossBy }: FailoverOptions): { maxRecords?: number; maxSeconds?: number; acceptedBy?: string } {
  return {
    ...(maxLossRecords === undefined ? {} : { maxRecords: maxLossRecords }),
    ...(maxLossSeconds === undefined ? {} : { maxSeconds: maxLossSeconds }),
    ...(acceptLossBy === undefined ? {} : { acceptedBy: acceptLossBy }),
  };
}

function commandOf({ to, withoutNode = [], maxLossRecords, maxLossSeconds, acceptLossBy }: FailoverOptions, from: string, hash: string): string {
  const terms = [
    ...(withoutNode.length === 0 ? [] : ['--without-node', ...withoutNode]),
    ...(maxLossRecords === undefined ? [] : ['--max-loss-records', String(maxLossRecords)]),
    ...(maxLossSeconds === undefined ? [] : ['--max-loss-seconds', String(maxLossSeconds)]),
    ...(acceptLossBy === undefined ? [] : ['--accept-loss-by', JSON.stringify(acceptLossBy)]),
  ];
  return ['gwctl failover --mode unplanned --to', to, '--expect-active', from, ...terms, '--plan-hash', hash].join(' ');
}
