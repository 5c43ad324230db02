import type { Command } from 'commander';
import type { OpenRun } from '../engine/open-run.ts';
import type { endHeldTakeover as EndHeldTakeover } from '../engine/held-takeover.ts';
import { GwctlError } from '../shared/errors.ts';
import type { TakeoverHold } from '../shared/takeover-hold.ts';
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
      const [{ committed, findOpenRun, noOpenRun }, { findHeldTakeover }, { writeJsonLine }] = await Promise.all([import('../engine/open-run.ts'), import('../engine/held-takeover.ts'), import('../report/json.ts')]);
      const isJson = options.output === 'json';
      const run = await findOpenRun(opened.world);
      const hold = await findHeldTakeover(opened.world);
      if (run === undefined && hold !== undefined) {
        await confirm(`run ${hold.runId} ended while it copied ${hold.from}->${hold.to}: give the replication back? Type the name of the cluster that stays: `, hold.from, { yes: options.yes, isJson }, context);
        const replication = await giveBack(hold, opened, context);
        if (isJson) writeJsonLine(context.out, { type: 'result', outcome: 'rolled-back', runId: hold.runId, active: hold.from, nodes: [], replication });
        else context.out.write(`${describeReplication(hold, replication)}\n`);
        return 0;
      }
      if (run === undefined) throw await noOpenRun('roll back', opened.world);
      if (run.isCommitted) throw committed(run);
      await confirm(`give up run ${run.runId} from ${run.from} to ${run.to}? Type the name of the cluster that stays: `, run.from, { yes: options.yes, isJson }, context);
      const nodes = await rollBack(run, opened, context);
      const replication = hold === undefined ? undefined : await giveBack(hold, opened, context);
      if (isJson) writeJsonLine(context.out, { type: 'result', outcome: 'rolled-back', runId: run.runId, active: run.from, nodes: nodes.map(({ node }) => node), ...(replication === undefined ? {} : { replication }) });
      else context.out.write(`run ${run.runId} was given up: ${nodes.map(({ node }) => node).join(', ')} serve ${run.from}${hold === undefined || replication === undefined ? '' : `; ${describeReplication(hold, replication)}`}\n`);
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

type Replication = Awaited<ReturnType<typeof EndHeldTakeover>>;

/** The replication that the run had taken over is MirrorMaker's again, and what is waited for is shown. */
async function giveBack(hold: TakeoverHold, { world, clock }: Opened, context: CliContext): Promise<Replication> {
  const [{ endHeldTakeover }, { createProgress }] = await Promise.all([import('../engine/held-takeover.ts'), import('../report/progress.ts')]);
  const progress = createProgress(context);
  const item = progress.start(`give ${hold.from}->${hold.to} back to MirrorMaker`);
  try {
    const replication = await endHeldTakeover(hold, { world, clock, note: (text) => item.note(text), signal: context.signal });
    item.done(describeReplication(hold, replication));
    return replication;
  } catch (reason) {
    item.fail(GwctlError.from(reason).message);
    throw reason;
  } finally {
    progress.stop();
  }
}

function describeReplication({ from, to }: TakeoverHold, replication: Replication): string {
  switch (replication) {
    case 'replicates': return `MirrorMaker copies ${from}->${to} again`;
    case 'started': return `MirrorMaker was started again, and has not copied anything yet: \`gwctl verify\` shows whether it does`;
    case 'waits': return `MirrorMaker stays ended while ${from} does not answer: \`gwctl up\` starts it once it does`;
    case 'off': return `${from} is not active, so ${from}->${to} stays off`;
  }
}
