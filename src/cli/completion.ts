import { Argument, type Command } from 'commander';
import { setAction } from './command-action.ts';
import type { CliContext } from './context.ts';
import { type CommandWords, renderCompletion, SHELLS, type Shell } from './render-completion.ts';

/** `gwctl completion bash|zsh|fish`: a script for the shell, made of the commands and options that there are. */
export function addCompletionCommand(program: Command, context: CliContext): void {
  const command = program.command('completion').description('print a script that completes commands and options in a shell').addArgument(new Argument('<shell>').choices(SHELLS));
  setAction(command, context, async (_options, _globals, [shell]) => {
    context.out.write(renderCompletion(shell as Shell, wordsOf(program)));
    return 0;
  });
}

/** Every command with what may follow it. */
function wordsOf(command: Command, path = '', globals: readonly string[] = []): readonly CommandWords[] {
  const own = command.options.filter(({ hidden }) => !hidden).flatMap(({ long }) => (typeof long === 'string' ? [long] : []));
  const inherited = [...globals, ...own];
  const words = [...command.commands.map((each) => each.name()), ...inherited, '--help'];
  return [{ path, words: [...new Set(words)] }, ...command.commands.flatMap((each) => wordsOf(each, path === '' ? each.name() : `${path} ${each.name()}`, path === '' ? own : inherited))];
}
