import { Command, CommanderError } from 'commander';
import { readGwctlVersion } from '../shared/package.ts';
import type { CliContext } from './context.ts';
import { addGlobalOptions } from './global-options.ts';
import { printError } from './print-error.ts';
import { addCompletionCommand } from './completion.ts';
import { addExamples } from './examples.ts';
import { addDownCommand } from './down.ts';
import { addDoctorCommand } from './doctor.ts';
import { addDrillCommand } from './drill.ts';
import { addFailoverCommand } from './failover.ts';
import { addGatewayCommand } from './gateway.ts';
import { addGroupsCommand } from './groups.ts';
import { addHistoryCommand, addReportCommand } from './history.ts';
import { addLagCommand } from './lag.ts';
import { addRenderCommand } from './render.ts';
import { addResumeCommand } from './resume.ts';
import { addRollbackCommand } from './rollback.ts';
import { addSchemaCommand } from './schema.ts';
import { addStatusCommand } from './status.ts';
import { addUpCommand } from './up.ts';
import { addVclusterCommand } from './vcluster.ts';
import { addVerifyCommand } from './verify.ts';

/** Adds one command to the program. Keep its imports light: heavy modules are imported inside the action. */
export type AddCommand = (program: Command, context: CliContext) => void;

/** Every command, in the order of `gwctl --help`. */
const COMMANDS: readonly AddCommand[] = [
  addUpCommand,
  addDownCommand,
  addStatusCommand,
  addLagCommand,
  addGroupsCommand,
  addVerifyCommand,
  addFailoverCommand,
  addResumeCommand,
  addRollbackCommand,
  addHistoryCommand,
  addReportCommand,
  addDrillCommand,
  addVclusterCommand,
  addGatewayCommand,
  addRenderCommand,
  addDoctorCommand,
  addSchemaCommand,
  addCompletionCommand,
];

const USAGE_EXIT_CODE = 2;

/** argv (without node and script) -> exit code. Never throws and never ends the process. */
export async function runCli(argv: readonly string[], context: CliContext, commands: readonly AddCommand[] = COMMANDS): Promise<number> {
  try {
    await createProgram(context, commands).parseAsync([...argv], { from: 'user' });
    return 0;
  } catch (reason) {
    if (reason instanceof CommanderError) return exitCodeOf(reason);
    return printError(reason, context, { json: false, debug: argv.includes('--debug') });
  }
}

function createProgram(context: CliContext, commands: readonly AddCommand[]): Command {
  const program = new Command('gwctl')
    .description('switches live Kafka traffic from one cluster to its replica, behind a gateway, and proves that it did')
    .version(readGwctlVersion(), '-V, --version')
    .showSuggestionAfterError()
    .showHelpAfterError('(gwctl --help lists the commands and options)')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void context.out.write(text),
      writeErr: (text) => void context.err.write(text),
      getOutHelpWidth: () => 100,
      getErrHelpWidth: () => 100,
      getOutHasColors: () => context.isTerminal.out,
      getErrHasColors: () => context.isTerminal.err,
    });
  addGlobalOptions(program);
  for (const add of commands) add(program, context);
  addExamples(program);
  return program;
}

/** Commander ends with 1 for every wrong use; in our contract that is 2. Our own exit codes pass through. */
function exitCodeOf(error: CommanderError): number {
  if (error.code === 'gwctl.exit' || error.exitCode === 0) return error.exitCode;
  return USAGE_EXIT_CODE;
}
