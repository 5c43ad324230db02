import type { Command } from 'commander';
import { addOutputOption, setAction } from './command-action.ts';
import type { CliContext } from './context.ts';
import { withWorld } from './with-world.ts';

interface FailoverOptions {
  readonly to: string;
  readonly expectActive?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly output: 'text' | 'json';
}

/** `gwctl failover --to CLUSTER`: checks, plan, confirmation, the switch on every node, proof. */
export function addFailoverCommand(program: Command, context: CliContext): void {
  const command = program
    .command('failover')
    .description('switch every gateway node to another cluster: checks, confirmation, switch, proof')
    .requiredOption('--to <cluster>', 'the cluster to switch to (required)')
    .option('--expect-active <cluster>', 'refuse (exit 4) unless this cluster is active now')
    .option('--dry-run', 'make the checks and print the plan; change nothing')
    .option('-y, --yes', 'do not ask for confirmation');
  setAction<FailoverOptions>(addOutputOption(command), context, async (options, globals) =>
    withWorld(globals, context, async ({ world, canary, clock, dir }) => {
      const [{ previewSwitchOver, runSwitchOver, newRunId }, { openJournal }, { renderChecks }, { renderOutcome, renderPlan, runOnTerminal }, { createPalette }, { createProgress }, { writeJson }, { GwctlError }] =
        await Promise.all([
          import('../engine/switch-over.ts'),
          import('../engine/journal.ts'),
          import('../report/checks.ts'),
          import('../report/run.ts'),
          import('../report/palette.ts'),
          import('../report/progress.ts'),
          import('../report/json.ts'),
          import('../shared/errors.ts'),
        ]);
      const isJson = options.output === 'json';
      if (isJson && options.yes !== true && options.dryRun !== true) {
        throw new GwctlError('USAGE', '-o json cannot ask for confirmation', { hint: 'add --yes to switch, or --dry-run to look' });
      }
      const palette = createPalette(context.isTerminal.err, context.env);
      const preview = await previewSwitchOver({ to: options.to, expectActive: options.expectActive }, world, clock);
      const { plan, checks } = preview;
      if (preview.isNoOp) {
        if (isJson) writeJson(context.out, { outcome: 'no-op', active: plan.to, generation: plan.basis.generation });
        else context.out.write(`${plan.to} is active already on every node: nothing to do\n`);
        return 0;
      }
      if (!isJson) context.err.write(`${renderChecks(checks, palette)}\n`);
      if (!preview.isReady) {
        const failed = checks.filter(({ status }) => status === 'fail');
        throw new GwctlError('CHECK_FAILED', `not switched to ${plan.to}, nothing was changed: ${failed.map(({ id, evidence }) => `${id}: ${evidence}`).join('; ')}`, {
          ...(failed[0]?.hint === undefined ? {} : { hint: failed[0].hint }),
          details: { checks },
        });
      }
      if (options.dryRun === true) {
        if (isJson) writeJson(context.out, { outcome: 'dry-run', plan, checks });
        else context.out.write(`this is what a switch from ${plan.from} to ${plan.to} would do:\n${renderPlan(plan)}`);
        return 0;
      }
      if (options.yes !== true) {
        if (!context.isTerminal.in) throw new GwctlError('USAGE', 'there is no terminal to ask for confirmation', { hint: 'add --yes to switch without asking' });
        const answer = await context.ask(`switch ${plan.steps.length > 0 ? preview.seen.nodes.map(({ name }) => name).join(', ') : ''} from ${plan.from} to ${plan.to}? Type the name of the new cluster: `);
        if (answer.trim() !== plan.to) throw new GwctlError('CHECK_FAILED', `not confirmed: "${answer.trim()}" is not "${plan.to}"; nothing was changed`);
      }

      const runId = newRunId(clock.now());
      const journal = await openJournal(dir, runId);
      const progress = createProgress(context);
      try {
        const listeners = isJson ? [journal.listener] : [journal.listener, runOnTerminal(progress)];
        const result = await runSwitchOver({ runId, plan, world, canary, clock, signal: context.signal, listeners });
        progress.stop();
        if (result.error !== undefined) throw result.error;
        if (isJson) writeJson(context.out, { outcome: result.outcome, runId, from: plan.from, to: plan.to, generation: plan.basis.generation + 1, durationMs: result.durationMs, writePauseMs: result.writePauseMs ?? null, journal: journal.file, checks });
        else context.out.write(renderOutcome(result, plan, runId, createPalette(context.isTerminal.out, context.env)));
        return 0;
      } finally {
        progress.stop();
        await journal.close();
      }
    }),
  );
}
