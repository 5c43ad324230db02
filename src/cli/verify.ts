import type { Command } from 'commander';
import { counted } from '../shared/counted.ts';
import { addOutputOption, setAction } from './command-action.ts';
import type { CliContext } from './context.ts';
import { addWaitOption, lookUntilReady } from './wait-until-ready.ts';
import { withWorld } from './with-world.ts';

interface VerifyOptions {
  readonly to?: string;
  /** Milliseconds. */
  readonly wait?: number;
  readonly output: 'text' | 'json';
}

const CHECK_FAILED_EXIT = 3;

/** `gwctl verify`: every check that a switch would make; changes nothing. Exit 0 when ready, 3 when not. */
export function addVerifyCommand(program: Command, context: CliContext): void {
  const command = program.command('verify').description('make every check that a switch would make, and change nothing; exit 0 when ready, 3 when not').option('--to <cluster>', 'the cluster to switch to (default: the one that is not active)');
  setAction<VerifyOptions>(addOutputOption(addWaitOption(command)), context, async ({ to, wait, output }, globals) =>
    withWorld(globals, context, async ({ world, clock, topology }) => {
      const [{ observeWorld }, { runChecks }, { PLANNED_CHECKS }, { renderChecks }, { createPalette }, { writeJson }, { clusterNamed }] = await Promise.all([
        import('../checks/observe-world.ts'),
        import('../checks/check.ts'),
        import('../checks/all-checks.ts'),
        import('../report/checks.ts'),
        import('../report/palette.ts'),
        import('../report/json.ts'),
        import('../topology/lookup.ts'),
      ]);
      if (to !== undefined) clusterNamed(topology, to);
      const look = async () => {
        const seen = await observeWorld(world, to, clock);
        const checks = runChecks(PLANNED_CHECKS, seen);
        return { seen, checks, isReady: checks.every(({ status }) => status !== 'fail') };
      };
      const { seen, checks, isReady } = await lookUntilReady(look, wait, clock, context);
      if (output === 'json') writeJson(context.out, { at: seen.at, active: seen.active ?? null, to: seen.to, ready: isReady, checks });
      else {
        const palette = createPalette(context.isTerminal.out, context.env);
        context.out.write(renderChecks(checks, palette));
        const failed = checks.filter(({ status }) => status === 'fail').length;
        context.out.write(isReady ? palette.good(`\nready to switch from ${seen.active ?? '?'} to ${seen.to}\n`) : palette.bad(`\nnot ready to switch to ${seen.to}: ${failed} of ${counted(checks.length, 'check')} failed\n`));
      }
      return isReady ? 0 : CHECK_FAILED_EXIT;
    }),
  );
}
