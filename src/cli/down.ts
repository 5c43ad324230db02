import type { Command } from 'commander';
import { countedParts } from '../shared/counted.ts';
import { addOutputOption, setAction } from './command-action.ts';
import type { CliContext } from './context.ts';
import { openRuntime } from './open-runtime.ts';

interface DownFlags {
  readonly volumes?: boolean;
  readonly output: 'text' | 'json';
}

/** `gwctl down [-v]`: ends every process of the environment; with -v its records, logs and keys are deleted, too. */
export function addDownCommand(program: Command, context: CliContext): void {
  const command = program.command('down').description('stop every process or container of the environment; its data stays, unless -v is given').option('-v, --volumes', 'delete the records, logs and keys of the environment as well');
  setAction<DownFlags>(addOutputOption(command), context, async ({ volumes, output }, globals) => {
    const [{ runtime, topology, dir }, { createProgress }, { writeJson }] = await Promise.all([openRuntime(globals, context), import('../report/progress.ts'), import('../report/json.ts')]);
    const progress = createProgress(context);
    try {
      const result = await runtime.down({ progress, deleteData: volumes === true });
      if (output === 'json') writeJson(context.out, { name: topology.name, ...result });
      else context.out.write(`${result.stopped.length === 0 ? 'nothing was running' : `stopped ${countedParts(result.stopped.length, topology.runtime)}`}${volumes === true ? `, deleted ${dir}` : ''}\n`);
      return 0;
    } finally {
      progress.stop();
    }
  });
}
