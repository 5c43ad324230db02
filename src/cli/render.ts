import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { STACKS, type StackName } from '../topology/compose/compose-stack.ts';
import { setAction } from './command-action.ts';
import type { CliContext } from './context.ts';
import type { GlobalOptions } from './global-options.ts';
import { openEnvironment } from './open-environment.ts';

interface RenderFlags {
  readonly template: StackName;
  readonly directory?: string;
}

/** `gwctl render compose`: the environment as files for docker compose; starts nothing. */
export function addRenderCommand(program: Command, context: CliContext): void {
  const group = program.command('render').description('write the environment as files for other tools, without starting anything');
  const command = group
    .command('compose')
    .description('print the environment as a file for docker compose, or write it with all that belongs to it into a folder')
    .addOption(new Option('--template <name>', 'gwctl: KRaft and gwctl\'s own gateway; seed: ZooKeeper and conduktor-gateway 2.1.4').choices(STACKS).default('gwctl'))
    .option('--directory <dir>', 'write compose.yaml and the files beside it into this folder; with template gwctl also .env, which holds secrets (mode 0600)');
  setAction<RenderFlags>(command, context, async ({ template, directory }, globals) => {
    const [{ topology, dir }, { renderStack }, { writeSecrets, writeStack }, { COMPOSE_FILE }] = await Promise.all([
      openEnvironment(globals, context),
      import('../adapters/compose/render-stack.ts'),
      import('../adapters/compose/write-stack.ts'),
      import('../topology/compose/compose-stack.ts'),
    ]);
    const typed = renderCommand(template, directory, globals);
    const files = await renderStack({ stack: template, topology, environmentDir: dir, command: typed });
    if (directory === undefined) {
      context.out.write(files[COMPOSE_FILE] ?? '');
      return 0;
    }
    const target = resolve(context.cwd, directory);
    await writeStack(target, files);
    // A token key that is made goes beside the files: the environment's own folder is for `up` to make.
    if (template === 'gwctl') await writeSecrets(target, { topology, environmentDir: target, env: context.env, command: typed });
    context.out.write(`${Object.keys(files).join(', ')}${template === 'gwctl' ? ', .env' : ''} written to ${target}\n`);
    context.err.write(`start it with \`docker compose --project-directory ${directory} up --detach --wait\`\n`);
    return 0;
  });
}

/** What was typed, as far as the files depend on it. */
function renderCommand(template: StackName, directory: string | undefined, { config, portOffset }: GlobalOptions): string {
  const flags = [
    ...(template === 'gwctl' ? [] : ['--template', template]),
    ...(directory === undefined ? [] : ['--directory', directory]),
    ...(config === undefined ? [] : ['--config', config]),
    ...(portOffset === 0 ? [] : ['--port-offset', `${portOffset}`]),
  ];
  return ['gwctl', 'render', 'compose', ...flags].join(' ');
}
