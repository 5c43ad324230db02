import { InvalidArgumentError, Option, type Command } from 'commander';
import { addOutputOption, setAction } from './command-action.ts';
import type { CliContext } from './context.ts';
import { confirm } from './confirm.ts';
import { executePlan } from './execute-plan.ts';
import { GwctlError } from '../shared/errors.ts';
import { addWaitOption, lookUntilReady } from './wait-until-ready.ts';
import { withWorld, type Opened } from './with-world.ts';

export interface FailoverOptions {
  readonly to: string;
  readonly expectActive?: string;
  readonly dryRun?: boolean;
  readonly planHash?: string;
  readonly yes?: boolean;
  /** Milliseconds. */
  readonly wait?: number;
  readonly mode?: 'planned' | 'unplanned';
  readonly withoutNode?: readonly string[];
  readonly maxLossRecords?: number;
  readonly maxLossSeconds?: number;
  readonly acceptLossBy?: string;
  /** Of `resume`: goes on with a replication that the interrupted run took over. */
  readonly resumesTakeover?: boolean;
  readonly output: 'text' | 'json';
}

/** `gwctl failover --to CLUSTER`: checks, plan, confirmation, the switch on every node, proof. */
export function addFailoverCommand(program: Command, context: CliContext): void {
  const command = program
    .command('failover')
    .description('switch every gateway node to another cluster: checks, confirmation, switch, proof')
    .requiredOption('--to <cluster>', 'the cluster to switch to (required)')
    .addOption(new Option('--mode <mode>', 'unplanned: the active cluster is gone; tells what is lost and waits for nothing there').choices(['planned', 'unplanned']).default('planned'))
    .option('--max-loss-records <number>', 'unplanned: refuse (exit 3) when more records are lost, or nobody knows how many', readLimit)
    .option('--max-loss-seconds <seconds>', 'unplanned: the same for the time within which they were acknowledged', readLimit)
    .option('--accept-loss-by <name>', 'unplanned: who answers for the loss, whatever it is; written to the audit log')
    .option('--without-node <name...>', 'unplanned: gateway nodes that cannot be reached; they stop by themselves when they see the switch')
    .option('--expect-active <cluster>', 'refuse (exit 4) unless this cluster is active now')
    .option('--dry-run', 'make the checks and print the plan and the command that runs it; change nothing')
    .option('--plan-hash <hash>', 'refuse (exit 4) unless this is still the plan, as --dry-run named it')
    .option('-y, --yes', 'do not ask for confirmation');
  setAction<FailoverOptions>(addOutputOption(addWaitOption(command)), context, async (options, globals) =>
    withWorld(globals, context, async (opened) => {
      const isJson = options.output === 'json';
      if (isJson && options.yes !== true && options.dryRun !== true) {
        throw new GwctlError('USAGE', '-o json cannot ask for confirmation', { hint: 'add --yes to switch, or --dry-run to look' });
      }
      if (options.mode !== 'unplanned') {
        refuseUnplannedOptions(options);
        return await switchTo(options, opened, context);
      }
      if (options.wait !== undefined) throw new GwctlError('USAGE', '--wait is for a planned switch: an unplanned one has nothing to wait for', { hint: 'leave --wait out' });
      const { switchUnplanned } = await import('./failover-unplanned.ts');
      return await switchUnplanned(options, opened, context);
    }),
  );
}

function readLimit(text: string): number {
  const limit = Number(text);
  if (text.trim() === '' || !(limit >= 0)) throw new InvalidArgumentError('a number from 0 on');
  return limit;
}

function refuseUnplannedOptions({ withoutNode, maxLossRecords, maxLossSeconds, acceptLossBy }: FailoverOptions): void {
  if (withoutNode === undefined && maxLossRecords === undefined && maxLossSeconds === undefined && acceptLossBy === undefined) return;
  throw new GwctlError('USAGE', 'a planned switch loses nothing and leaves no node out', { hint: 'add --mode unplanned if the active cluster is gone' });
}

/** Checks, plan, confirmation, the switch, proof. */
export async function switchTo(options: FailoverOptions, opened: Opened, context: CliContext): Promise<number> {
  const [{ previewSwitchOver }, { renderChecks }, { renderPlan, renderUnkept }, { createPalette }, { writeJsonLine }, { hashPlan }] = await Promise.all([
    import('../engine/switch-over.ts'),
    import('../report/checks.ts'),
    import('../report/run.ts'),
    import('../report/palette.ts'),
    import('../report/json.ts'),
    import('../plan/hash-plan.ts'),
  ]);
  const isJson = options.output === 'json';
  const request = { to: options.to, expectActive: options.expectActive, resumesTakeover: options.resumesTakeover === true };
  const preview = await lookUntilReady(async () => await previewSwitchOver(request, opened.world, opened.clock), options.wait, opened.clock, context);
  const { plan, checks } = preview;
  if (preview.isNoOp) {
    if (isJson) writeJsonLine(context.out, { type: 'result', outcome: 'no-op', active: plan.to, generation: plan.basis.generation });
    else context.out.write(`${plan.to} is active already on every node: nothing to do\n`);
    return 0;
  }
  const hash = hashPlan(plan);
  if (options.planHash !== undefined && options.planHash !== hash) {
    throw new GwctlError('NOT_AS_EXPECTED', `the plan is ${hash} by now, expected ${options.planHash}: nothing was changed`, { hint: 'look at the new plan with --dry-run' });
  }
  if (!isJson) context.err.write(`${renderChecks(checks, createPalette(context.isTerminal.err, context.env))}\n`);
  if (!preview.isReady) {
    const failed = checks.filter(({ status }) => status === 'fail');
    throw new GwctlError('CHECK_FAILED', `not switched to ${plan.to}, nothing was changed: ${failed.map(({ id, evidence }) => `${id}: ${evidence}`).join('; ')}`, {
      ...(failed[0]?.hint === undefined ? {} : { hint: failed[0].hint }),
      details: { checks },
    });
  }
  if (options.dryRun === true) {
    if (isJson) writeJsonLine(context.out, { type: 'result', outcome: 'dry-run', plan, planHash: hash, checks });
    else context.out.write(`this is what a switch from ${plan.from} to ${plan.to} would do:\n${renderPlan(plan)}run exactly this with: gwctl failover --to ${plan.to} --expect-active ${plan.from} --plan-hash ${hash}\n`);
    return 0;
  }
  const names = preview.seen.nodes.map(({ name }) => name).join(', ');
  if (!isJson) context.err.write(renderUnkept(plan));
  await confirm(`switch ${names} from ${plan.from} to ${plan.to}? Type the name of the new cluster: `, plan.to, { yes: options.yes, isJson }, context);
  return await executePlan({ plan, checks, isJson }, opened, context);
}
