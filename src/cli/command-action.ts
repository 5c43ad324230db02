import { type Command, CommanderError, Option } from 'commander';
import type { CliContext } from './context.ts';
import { type GlobalOptions, readGlobalOptions } from './global-options.ts';
import { printError } from './print-error.ts';

/** The flags of one command as commander parsed them; a command states its own shape. */
export type OptionValues = object;

/** `options` are the command's own flags, `globals` the ones every command has; the answer is the exit code. */
export type CommandHandler<O extends OptionValues> = (options: O, globals: GlobalOptions, args: readonly string[]) => Promise<number>;

/**
 * Gives a command its action. Whatever the handler throws is printed (as JSON on stdout after `-o json`) and becomes the exit code of
 * its error. An exit code leaves commander the way commander's own do, as a CommanderError that runCli catches.
 */
export function setAction<O extends OptionValues>(command: Command, context: CliContext, handler: CommandHandler<O>): Command {
  return command.action(async () => {
    const values = command.optsWithGlobals<Record<string, unknown>>();
    const exitCode = await runHandler(command, values, context, handler);
    if (exitCode !== 0) throw new CommanderError(exitCode, 'gwctl.exit', `exit ${exitCode}`);
  });
}

/** `-o, --output text|json`, for commands that answer with data. */
export function addOutputOption(command: Command): Command {
  return command.addOption(new Option('-o, --output <format>', 'format of the answer on stdout').choices(['text', 'json']).default('text'));
}

async function runHandler<O extends OptionValues>(command: Command, values: Record<string, unknown>, context: CliContext, handler: CommandHandler<O>): Promise<number> {
  try {
    return await handler(command.opts<O>(), readGlobalOptions(values, context), command.args);
  } catch (reason) {
    return printError(reason, context, { json: values['output'] === 'json', debug: values['debug'] === true });
  }
}
