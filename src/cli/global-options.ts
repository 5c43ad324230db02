import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { GwctlError } from '../shared/errors.ts';
import { DEFAULT_STATE_DIR } from '../topology/environment-dir.ts';
import type { CliContext } from './context.ts';

/** Options that stand before or after any command, with their environment variables and defaults applied. */
export interface GlobalOptions {
  /** Explicit `--config`; undefined means ./gwctl.yaml when it exists, else the built-in topology. */
  readonly config: string | undefined;
  readonly portOffset: number;
  /** Absolute. */
  readonly stateDir: string;
  readonly debug: boolean;
  /** Explicit `--runtime`; it wins over gwctl.yaml. */
  readonly runtime?: RuntimeFlag | undefined;
}

export const RUNTIME_FLAGS = ['auto', 'docker', 'local'] as const;

export type RuntimeFlag = (typeof RUNTIME_FLAGS)[number];

/** Declares the global options on the root command. */
export function addGlobalOptions(program: Command): void {
  program
    .option('-c, --config <file>', 'description of the environment (default: ./gwctl.yaml; without it, the built-in one)')
    .option('--port-offset <n>', 'added to every port, so that environments run side by side (default: 0, env GWCTL_PORT_OFFSET)')
    .option('--state-dir <dir>', `where environments keep their files (default: ${DEFAULT_STATE_DIR}, env GWCTL_STATE_DIR)`)
    .addOption(new Option('--runtime <name>', 'what runs the environment: auto takes docker where an engine answers (default: runtime in gwctl.yaml, env GWCTL_RUNTIME)').choices(RUNTIME_FLAGS))
    .option('--debug', 'print the stack trace of an error');
}

/** Reads them back; the environment comes from the context, not from the process, so commander's own `.env()` is not used. */
export function readGlobalOptions(values: Readonly<Record<string, unknown>>, context: Pick<CliContext, 'env' | 'cwd'>): GlobalOptions {
  const text = (key: string) => (typeof values[key] === 'string' ? values[key] : undefined);
  const flagged = text('portOffset');
  const offset = flagged ?? context.env['GWCTL_PORT_OFFSET'];
  return {
    config: text('config'),
    portOffset: offset === undefined || offset === '' ? 0 : parsePortOffset(offset, flagged === undefined ? 'GWCTL_PORT_OFFSET' : '--port-offset'),
    stateDir: resolve(context.cwd, text('stateDir') ?? (context.env['GWCTL_STATE_DIR'] || DEFAULT_STATE_DIR)),
    debug: values['debug'] === true,
    runtime: parseRuntime(text('runtime') ?? context.env['GWCTL_RUNTIME']),
  };
}

function parsePortOffset(value: string, source: string): number {
  const offset = Number(value);
  if (!/^\d+$/.test(value) || offset > 65_535) throw new GwctlError('USAGE', `${source}: "${value}" is not a port offset (0 to 65535)`);
  return offset;
}

function parseRuntime(value: string | undefined): RuntimeFlag | undefined {
  if (value === undefined || value === '') return undefined;
  const known = RUNTIME_FLAGS.find((each) => each === value);
  if (known === undefined) throw new GwctlError('USAGE', `GWCTL_RUNTIME: "${value}" is not a runtime (${RUNTIME_FLAGS.join(', ')})`);
  return known;
}
