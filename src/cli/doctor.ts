import type { Command } from 'commander';
import { CATALOG } from '../shared/errors.ts';
import { addOutputOption, setAction } from './command-action.ts';
import type { CliContext } from './context.ts';
import { openEnvironment } from './open-environment.ts';

interface DoctorFlags {
  readonly output: 'text' | 'json';
}

/** `gwctl doctor`: what `up` needs and this machine has or lacks, with the command that installs it; exit 0 or 3. Changes nothing. */
export function addDoctorCommand(program: Command, context: CliContext): void {
  const command = program.command('doctor').description('show what `up` needs and this machine lacks, with the command that installs it');
  setAction<DoctorFlags>(addOutputOption(command), context, async ({ output }, globals) => {
    const [{ examineMachine }, { writeJson }, { renderTable }, { cacheDir }, { topology, dir }] = await Promise.all([
      import('../adapters/runtime/examine-machine.ts'),
      import('../report/json.ts'),
      import('../report/table.ts'),
      import('../adapters/runtime/cache-dir.ts'),
      openEnvironment(globals, context),
    ]);
    const findings = await examineMachine(topology, dir, context.env, context.nodePath);
    const isReady = findings.every(({ status }) => status !== 'missing');
    if (output === 'json') {
      writeJson(context.out, { ready: isReady, cacheDir: cacheDir(context.env), environmentDir: dir, findings });
    } else {
      const rows = findings.map(({ what, status, seen, fix }) => [status, what, fix === null ? seen : `${seen}\n-> ${fix}`]);
      context.out.write(renderTable([{ title: 'status' }, { title: 'what' }, { title: 'seen' }], rows));
      context.out.write(`cache: ${cacheDir(context.env)}\n`);
    }
    return isReady ? 0 : CATALOG.CHECK_FAILED.exit;
  });
}
