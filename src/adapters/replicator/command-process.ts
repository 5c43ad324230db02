import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { execa } from 'execa';
import { GwctlError } from '../../shared/errors.ts';
import type { ProcessCommands } from '../../topology/topology.ts';
import type { MirrorProcess } from './mirror-takeover.ts';

export interface CommandProcessOptions {
  /** `main->failover`, for messages. */
  readonly link: string;
  readonly commands: ProcessCommands;
  /** Keeps why it is held, for the next gwctl in this folder. */
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const COMMAND_MS = 30_000;
const SHOWN_CHARACTERS = 200;

/** A MirrorMaker that others operate, ended and started with commands of theirs; both may run when nothing is to be done. Throws UNAVAILABLE when one fails. */
export function commandProcess({ link, commands, file, env }: CommandProcessOptions): MirrorProcess {
  const run = async (verb: 'hold' | 'release'): Promise<void> => {
    const [program = '', ...args] = commands[verb];
    const { failed, timedOut, exitCode, all, shortMessage } = await execa(program, args, { cwd: commands.cwd, env, extendEnv: false, reject: false, all: true, stdin: 'ignore', timeout: COMMAND_MS });
    if (!failed) return;
    const said = all.trim().slice(-SHOWN_CHARACTERS);
    const why = timedOut ? `did not end within ${COMMAND_MS / 1000} s` : exitCode === undefined ? shortMessage : `ended with exit code ${exitCode}`;
    throw new GwctlError('UNAVAILABLE', `the ${verb} command of ${link} (${program}) ${why}${said === '' ? '' : `: ${said}`}`, { hint: `run it by hand: it stands under links in gwctl.yaml, as ${verb}` });
  };
  return {
    heldBecause: async () => await readFile(file, 'utf8').catch((reason: NodeJS.ErrnoException) => {
      if (reason.code === 'ENOENT') return undefined;
      throw reason;
    }),
    hold: async (reason) => {
      // Before the command: whoever dies in between leaves a note of what may have been ended.
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, reason, { mode: 0o600 });
      await run('hold');
    },
    release: async () => {
      await run('release');
      await rm(file, { force: true });
    },
  };
}
