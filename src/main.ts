import { createInterface } from 'node:readline/promises';
import { isatty } from 'node:tty';
import { join } from 'node:path';
import type { CliContext } from './cli/context.ts';
import { renderError } from './cli/print-error.ts';
import { runCli } from './cli/program.ts';
import { CATALOG, GwctlError } from './shared/errors.ts';
import { PACKAGE_ROOT } from './shared/package.ts';

/** The only reader of the process: argv, environment, streams and signals in, exit code out. */
export async function main(): Promise<void> {
  process.on('uncaughtException', (reason) => {
    const error = GwctlError.from(reason);
    const stack = process.argv.includes('--debug') ? `\n${error.stack ?? ''}` : '';
    process.stderr.write(`${renderError(error)}${stack}\n`);
    process.exit(CATALOG.INTERNAL.exit);
  });
  // `gwctl … | head`: the reader has what it wanted, which is no error of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });

  const exitCode = await runCli(process.argv.slice(2), createContext(signalOfProcess()));
  await Promise.all([flush(process.stdout), flush(process.stderr)]);
  // Not just exitCode: a keep-alive socket or a watcher left open must not keep the shell waiting.
  process.exit(exitCode);
}

function createContext(signal: AbortSignal): CliContext {
  return {
    out: process.stdout,
    err: process.stderr,
    isTerminal: { in: isatty(0), out: process.stdout.isTTY === true, err: process.stderr.isTTY === true },
    env: process.env,
    cwd: process.cwd(),
    signal,
    ask: (question) => ask(question, signal),
    nodePath: process.execPath,
    entryPath: join(PACKAGE_ROOT, 'bin', 'gwctl.js'),
    ...(process.send === undefined ? {} : { parent: parentOfProcess() }),
  };
}

function parentOfProcess(): NonNullable<CliContext['parent']> {
  return {
    send: (message) => {
      // The end of the parent is told by onClosed.
      if (process.connected) process.send?.(message, undefined, undefined, () => {});
    },
    onMessage: (hear) => void process.on('message', hear),
    onClosed: (closed) => {
      if (process.connected) process.once('disconnect', closed);
      else closed();
    },
  };
}

/** The first signal asks the command to stop in good order, the second one ends the process at once. */
function signalOfProcess(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) {
        process.stderr.write(`error: ended at once by a second ${name}: what was under way was not put back\n  hint: \`gwctl status\` says whether a run is open, and which command ends it; without one the nodes settle by themselves\n`);
        process.exit(CATALOG.INTERRUPTED.exit);
      }
      controller.abort(new GwctlError('INTERRUPTED', `interrupted by ${name}`));
    });
  }
  return controller.signal;
}

async function ask(question: string, signal: AbortSignal): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // readline takes Ctrl-C for itself while it reads.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    const ended = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
    return await Promise.race([terminal.question(question, { signal }), ended]);
  } finally {
    terminal.close();
  }
}

function flush(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}
