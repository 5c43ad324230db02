import type { Command } from 'commander';
import type { OpenRun } from '../engine/open-run.ts';
import { GwctlError } from '../shared/errors.ts';
import type { Topology } from '../topology/topology.ts';
import { addOutputOption, setAction } from './command-action.ts';
import { confirm } from './confirm.ts';
import type { CliContext } from './context.ts';
import { executePlan } from './execute-plan.ts';
import { switchTo } from './failover.ts';
import { rollBack } from './rollback.ts';
import { withWorld, type Opened } from './with-world.ts';

interface ResumeOptions {
  readonly serve?: string;
  readonly yes?: boolean;
  readonly output: 'text' | 'json';
}

/**
 * `gwctl resume`: brings a run to its end that was interrupted. Committed: every node follows, and the switch is proven. Not decided: it is given up
 * and made anew, since nothing that was seen before the interruption is believed.
 */
export function addResumeCommand(program: Command, context: CliContext): void {
  const command = program
    .command('resume')
    .description('bring an interrupted run to its end: finish a switch that was committed, or make one anew that was not')
    .option('--serve <cluster>', 'for nodes that hold writes because nobody can tell which cluster is active: you know that it is this one')
    .option('-y, --yes', 'do not ask for confirmation');
  setAction<ResumeOptions>(addOutputOption(command), context, async (options, globals) =>
    withWorld(globals, context, async (opened) => {
      const [{ findCommittedRun, findOpenRun, noOpenRun, planToFinish }, { findHeldTakeover }] = await Promise.all([import('../engine/open-run.ts'), import('../engine/held-takeover.ts')]);
      const isJson = options.output === 'json';
      if (options.serve !== undefined) return await serveLost(options.serve, options, opened, context);
      const open = await findOpenRun(opened.world);
      const hold = open === undefined ? await findHeldTakeover(opened.world) : undefined;
      const run = open ?? (hold === undefined ? undefined : await findCommittedRun(opened.world, hold.runId));
      if (hold !== undefined && run === undefined) {
        await confirm(`run ${hold.runId} ended while it copied ${hold.from}->${hold.to}: begin its switch anew? Type the name of the new cluster: `, hold.to, { yes: options.yes, isJson }, context);
        return await switchTo({ to: hold.to, expectActive: hold.from, yes: true, resumesTakeover: true, output: options.output }, opened, context);
      }
      if (run === undefined) throw await noOpenRun('resume', opened.world);
      const { runId, to, from, isCommitted } = run;
      assertKnown(run, opened.topology);
      await confirm(`run ${runId} from ${from} to ${to} was ${isCommitted ? 'committed: finish it' : 'not decided: begin it anew'}? Type the name of the new cluster: `, to, { yes: options.yes, isJson }, context);
      if (isCommitted) return await executePlan({ plan: planToFinish(run, opened.world.gateways.map(({ node }) => node), opened.world.takeover?.(from, to) !== undefined), runId, isJson }, opened, context);
      await rollBack(run, opened, context);
      if (run.isSourceGone) {
        throw new GwctlError('ROLLED_BACK', `run ${runId} was given up; ${from} cannot be read, and what would be lost has to be looked at anew`, { hint: `gwctl failover --to ${to} --mode unplanned` });
      }
      try {
        return await switchTo({ to, expectActive: from, yes: true, resumesTakeover: true, output: options.output }, opened, context);
      } catch (reason) {
        throw await notAnew(run, GwctlError.from(reason), opened);
      }
    }),
  );
}

/** A refusal says that nothing was changed: the run that was open was given up, and what it had taken over may not have been given back. */
async function notAnew({ runId, from, to }: OpenRun, error: GwctlError, { world }: Opened): Promise<GwctlError> {
  if (error.code !== 'CHECK_FAILED') return error;
  const { findHeldTakeover } = await import('../engine/held-takeover.ts');
  const isHeld = (await findHeldTakeover(world).catch(() => undefined)) !== undefined;
  const held = isHeld ? `; MirrorMaker is ended, and nothing replicates ${from}->${to}: \`gwctl rollback\` starts it again` : '';
  return new GwctlError('ROLLED_BACK', `run ${runId} was given up, and not begun anew: ${error.message}${held}`, { cause: error, ...(error.hint === undefined ? {} : { hint: error.hint }) });
}

/** The file may have changed since the run began, or be another one's. */
function assertKnown({ runId, from, to }: OpenRun, { clusters }: Topology): void {
  const names = clusters.map(({ name }) => name);
  const unknown = [from, to].filter((name) => !names.includes(name));
  if (unknown.length === 0) return;
  throw new GwctlError('NOT_AS_EXPECTED', `run ${runId} leads from ${from} to ${to}, and this configuration has no cluster ${unknown.join(' and no ')}: nothing was changed`, { hint: 'use the gwctl.yaml that the run began with' });
}

/** The way out when all nodes have started anew while a cluster cannot be read: only a person can know that it has not taken over. */
async function serveLost(cluster: string, { yes, output }: ResumeOptions, { world, clock }: Opened, context: CliContext): Promise<number> {
  const [{ serveLostNodes }, { writeJsonLine }] = await Promise.all([import('../engine/serve-lost-nodes.ts'), import('../report/json.ts')]);
  const isJson = output === 'json';
  await confirm(`is ${cluster} active, and has no other cluster taken over? Its writes would be lost. Type the name of the cluster: `, cluster, { yes, isJson }, context);
  const nodes = await serveLostNodes(cluster, world, clock);
  if (isJson) writeJsonLine(context.out, { type: 'result', outcome: 'serving', active: cluster, nodes });
  else context.out.write(`${nodes.join(', ')} ${nodes.length === 1 ? 'serves' : 'serve'} ${cluster}\n`);
  return 0;
}
