import { type Command, Option } from 'commander';
import type { UpResult } from '../ports/runtime.ts';
import type { renderTable as RenderTable } from '../report/table.ts';
import { STACKS, type StackName } from '../topology/compose/compose-stack.ts';
import { addOutputOption, setAction } from './command-action.ts';
import type { CliContext } from './context.ts';
import { openRuntime } from './open-runtime.ts';

interface UpFlags {
  readonly with?: readonly string[];
  readonly gateways: boolean;
  readonly template: StackName;
  readonly output: 'text' | 'json';
}

/** `gwctl up`: starts everything that is not running and returns when it is ready, replication proven with a record. */
export function addUpCommand(program: Command, context: CliContext): void {
  const command = program
    .command('up')
    .description('start what is not running of clusters, MirrorMaker 2 and gateways, and return once a record was replicated and one passed each gateway')
    .addOption(new Option('--with <component...>', 'start an optional component as well').choices(['schema-registry']))
    .option('--no-gateways', 'do not start the gateway nodes')
    .addOption(new Option('--template <name>', 'seed: the walk-through\'s own containers instead of ours (ZooKeeper, conduktor-gateway 2.1.4); gwctl only starts and ends them').choices(STACKS).default('gwctl'))
    .addOption(new Option('--without-gateways').hideHelp().implies({ gateways: false }));
  setAction<UpFlags>(addOutputOption(command), context, async (flags, globals) => {
    const isSeed = flags.template === 'seed';
    const [{ runtime, topology, dir }, { createProgress }, { writeJson }, { renderTable }] = await Promise.all([
      openRuntime(isSeed ? { ...globals, runtime: 'docker' } : globals, context, { isForUp: true }),
      import('../report/progress.ts'),
      import('../report/json.ts'),
      import('../report/table.ts'),
    ]);
    const progress = createProgress(context);
    try {
      const { bringSeedUp } = await import('../adapters/runtime/docker/docker-up.ts');
      const result = isSeed
        ? await bringSeedUp({ topology, environmentDir: dir, env: context.env }, { progress, signal: context.signal })
        : await runtime.up({ progress, signal: context.signal, withSchemaRegistry: flags.with?.includes('schema-registry') === true, withGateways: flags.gateways });
      if (flags.output === 'json') writeJson(context.out, { name: topology.name, dir, ...result });
      else context.out.write(renderPhases(result, renderTable));
      return 0;
    } finally {
      progress.stop();
    }
  });
}

function renderPhases({ phases, totalMs }: UpResult, renderTable: typeof RenderTable): string {
  const rows = phases.filter(({ durationMs }) => durationMs >= WORTH_SAYING_MS).map(({ name, startedAtMs, durationMs }) => [name, seconds(startedAtMs), seconds(durationMs)]);
  return renderTable([{ title: 'phase' }, { title: 'began at', align: 'right' }, { title: 'took', align: 'right' }], [...rows, ['ready', '', seconds(totalMs)]]);
}

const WORTH_SAYING_MS = 50;

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
