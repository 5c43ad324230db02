import type { Command } from 'commander';
import type { OpenRun } from '../engine/open-run.ts';
import { GwctlError } from '../shared/errors.ts';
import type { NodeState } from '../shared/admin-api.ts';
import { addOutputOption, setAction } from './command-action.ts';
import { confirm } from './confirm.ts';
import type { CliContext } from './context.ts';
import { withWorld, type Opened } from './with-world.ts';

interface RollbackOptions {
  readonly yes?: boolean;
  readonly output: 'text' | 'json';
}

/** `gwctl rollback`: gives an interrupted run up that was not committed; every node serves on where it was. */
export function addRollbackCommand(program: Command, context: CliContext): void {
  const command = program
    .command('rollback')
    .description('give up an interrupted run that was not committed: every node serves on where it was')
    .option('-y, --yes', 'do not ask for confirmation');
  setAction<RollbackOptions>(addOutputOption(command), context, async (options, globals) =>
    withWorld(globals, context, async (opened) => {
      const [{ committed, findOpenRun, noOpenRun }, { writeJsonLine }] = await Promise.all([import('../engine/open-run.ts'), import('../report/json.ts')]);
      const isJson = options.output === 'json';
      const run = await findOpenRun(opened.world);
      if (run === undefined) throw await noOpenRun('roll back', opened.world);
      if (run.isCommitted) throw committed(run);
      await confirm(`give up run ${run.runId} from ${run.from} to ${run.to}? Type the name of the cluster that stays: `, run.from, { yes: options.yes, isJson }, context);
      const nodes = await rollBack(run, opened, context);
      if (isJson) writeJsonLine(context.out, { type: 'result', outcome: 'rolled-back', runId: run.runId, active: run.from, nodes: nodes.map(({ node }) => node) });
      else context.out.write(`run ${run.runId} was given up: ${nodes.map(({ node }) => node).join(', ')} serve ${run.from}\n`);
      return 0;
    }),
  );
}

/** Gives the run up, and shows what is waited for. */
export async function rollBack(run: OpenRun, { world, clock, dir }: Opened, context: CliContext): Promise<readonly NodeState[]> {
  const [{ giveUpRun, planToGiveUp }, { recordGivingUp }, { newRunId }, { createProgress }] = await Promise.all([
    import('../engine/open-run.ts'),
    import('../engine/journal.ts'),
    import('../engine/switch-over.ts'),
    import('../report/progress.ts'),
  ]);
  const started = { type: 'run-started', schema: 1, at: clock.now().toISOString(), runId: run.runId, by: world.operator, plan: planToGiveUp(run) } as const;
  const progress = createProgress(context);
  const item = progress.start(`give up run ${run.runId}`);
  try {
    const giveUp = (): Promise<readonly NodeState[]> => giveUpRun(run, world, clock, (text) => item.note(text), context.signal);
    const nodes = await recordGivingUp(dir, `${run.runId}-given-up-${newRunId(clock.now())}`, started, giveUp, () => clock.elapsedMs());
    item.done(`${run.from} is served`);
    return nodes;
  } catch (reason) {
    item.fail(GwctlError.from(reason).message);
    throw reason;
  } finally {
    progress.stop();
  }
}
