import type { Command } from 'commander';
import { addOutputOption, setAction } from './command-action.ts';
import type { CliContext } from './context.ts';
import { GwctlError } from '../shared/errors.ts';
import { openEnvironment } from './open-environment.ts';

interface HistoryOptions {
  readonly output: 'text' | 'json';
}

/** `gwctl history`: every run of this environment, from its journals. */
export function addHistoryCommand(program: Command, context: CliContext): void {
  const command = program.command('history').description('list every run: when, by whom, from where to where, how it ended');
  setAction<HistoryOptions>(addOutputOption(command), context, async (options, globals) => {
    const [{ readJournals }, { summariseRun }, { renderHistory }, { createPalette }, { writeJson }, { dir }] = await load(globals, context);
    const journals = await readJournals(dir);
    const runs = journals.flatMap((journal) => summariseRun(journal) ?? []);
    const unreadable = journals.filter((journal) => summariseRun(journal) === undefined);
    if (options.output === 'json') writeJson(context.out, { runs, unreadable: unreadable.map(({ name, problem }) => ({ name, problem })) });
    else context.out.write(renderHistory(runs, createPalette(context.isTerminal.out, context.env)));
    for (const { name, problem } of unreadable) context.err.write(`journal ${name} cannot be read: ${problem ?? 'its plan is none that this gwctl knows'}\n`);
    return 0;
  });
}

/** `gwctl report RUN`: what one run did, with its evidence. */
export function addReportCommand(program: Command, context: CliContext): void {
  const command = program.command('report <run>').description('show one run from its journal: what was moved, how long producers waited, evidence, phases with durations, checks (a run is named by `gwctl history`)');
  setAction<HistoryOptions>(addOutputOption(command), context, async (options, globals, [name = '']) => {
    const [{ readJournal, readJournals }, { summariseRun }, , { createPalette }, { writeJson }, { dir }] = await load(globals, context);
    const { renderRunReport } = await import('../report/run-report.ts');
    const journal = await readJournal(dir, name);
    const run = summariseRun(journal);
    if (run === undefined) throw new GwctlError('USAGE', `the journal of ${journal.name} cannot be read: ${journal.problem ?? 'its plan is none that this gwctl knows'}`);
    const later = (await readJournals(dir)).flatMap((other) => summariseRun(other) ?? []).filter((other) => other.runId === run.runId && other.name !== run.name && other.name > run.name);
    if (options.output === 'json') writeJson(context.out, { ...run, continued: later });
    else context.out.write(renderRunReport([run, ...later], createPalette(context.isTerminal.out, context.env)));
    return 0;
  });
}

function load(globals: Parameters<typeof openEnvironment>[0], context: CliContext) {
  return Promise.all([
    import('../engine/read-journals.ts'),
    import('../engine/summarise-run.ts'),
    import('../report/history.ts'),
    import('../report/palette.ts'),
    import('../report/json.ts'),
    openEnvironment(globals, context),
  ]);
}
