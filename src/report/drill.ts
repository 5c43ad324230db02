import type { DrillEvent, DrillListener, ScenarioReport, StepReport } from '../drill/drill-event.ts';
import type { DrillReport } from '../drill/drill-report.ts';
import { counted, countedParts } from '../shared/counted.ts';
import type { Palette } from './palette.ts';
import type { Progress, ProgressItem } from './progress.ts';
import { runOnTerminal } from './run.ts';
import { renderTable } from './table.ts';

const INDENT = '          ';
/** A topic list is long: as many names as fit are joined to a line. */
const LINE_CHARACTERS = 100;
const SHORT_CHARACTERS = 40;

/** Shows a drill as it happens: a line a step with what was seen and the time it took, records and topics below it. */
export function drillOnTerminal(progress: Progress, err: NodeJS.WritableStream, palette: Palette): DrillListener {
  const items = new Map<number, ProgressItem>();
  const inner = runOnTerminal({ start: (label) => progress.start(`    ${label}`), stop: () => {} });
  return (event: DrillEvent) => {
    switch (event.type) {
      case 'scenario-started':
        err.write(`\n${palette.strong(event.name)} (${event.file}, ${counted(event.steps, 'step')})\n`);
        break;
      case 'step-started':
        items.set(event.number, progress.start(`[${String(event.number).padStart(String(event.steps).length)}/${event.steps}] ${event.name}`));
        break;
      case 'step-noted':
        items.get(event.number)?.note(event.text);
        break;
      case 'run-event':
        void inner(event.event);
        break;
      case 'step-ended':
        endStep(items.get(event.number), event.report, palette);
        break;
      case 'scenario-ended':
        break;
    }
  };
}

function endStep(item: ProgressItem | undefined, { status, seen, expected, details, durationMs }: StepReport, palette: Palette): void {
  if (status === 'passed') item?.done(`${seen} ${palette.faint(`(${renderMs(durationMs)})`)}${below(details, palette)}`);
  else if (expected === undefined) item?.fail(`${seen} (${renderMs(durationMs)})`);
  else item?.fail(`not as expected (${renderMs(durationMs)})\n${INDENT}expected: ${palette.good(expected)}\n${INDENT}seen:     ${palette.bad(seen)}${below(details, palette)}`);
}

function below(details: readonly string[], palette: Palette): string {
  return joinShort(details).map((line) => `\n${INDENT}${palette.faint(line)}`).join('');
}

/** Names side by side, records one below the other. */
function joinShort(details: readonly string[]): readonly string[] {
  if (details.length <= 4 || details.some((line) => line.length > SHORT_CHARACTERS)) return details;
  const lines: string[] = [];
  for (const detail of details) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + detail.length < LINE_CHARACTERS) lines[lines.length - 1] = `${last}  ${detail}`;
    else lines.push(detail);
  }
  return lines;
}

/** The steps with their measured times, bringing the environment up and taking it down included. */
export function renderDrill(report: DrillReport, palette: Palette): string {
  const steps = report.scenarios.flatMap((scenario) => scenario.steps);
  const rows = [...upRows(report), ...report.scenarios.flatMap((scenario) => scenarioRows(scenario, report.scenarios.length > 1, palette))];
  if (report.down !== null && !steps.some(({ kind, status }) => kind === 'down' && status === 'passed')) rows.push(['', 'environment down, data deleted', '', renderMs(report.down.totalMs)]);
  rows.push(['', palette.strong('total'), '', palette.strong(renderMs(report.totalMs))]);
  const table = renderTable([{ title: '' }, { title: 'step' }, { title: 'seen' }, { title: 'took', align: 'right' }], rows, palette);
  const verdict = report.outcome === 'passed' ? palette.good('passed') : palette.bad('failed');
  return `\n${table}\n${verdict}: ${steps.filter(({ status }) => status === 'passed').length} of ${counted(steps.length, 'step')}; ${report.state}\n`;
}

function upRows({ up, environment }: DrillReport): string[][] {
  if (up === null) return [];
  const phases = up.phases.filter(({ durationMs }) => durationMs >= WORTH_SAYING_MS).map(({ name, startedAtMs, durationMs }) => ['', `  ${name}`, `from ${renderMs(startedAtMs)}`, renderMs(durationMs)]);
  return [['ok', 'environment up', `${countedParts(up.components.length, environment.runtime)}; phases overlap`, renderMs(up.totalMs)], ...phases];
}

const WORTH_SAYING_MS = 100;
const SEEN_CHARACTERS = 72;

function scenarioRows({ name, status, durationMs, steps }: ScenarioReport, isOneOfMany: boolean, palette: Palette): string[][] {
  const mark = { passed: palette.good('ok'), failed: palette.bad('FAIL'), skipped: palette.faint('skip') };
  const head = isOneOfMany ? [[mark[status], palette.strong(name), '', renderMs(durationMs)]] : [];
  return [
    ...head,
    ...steps.map((step) => [mark[step.status], step.name, shorten(step.seen), step.status === 'skipped' ? '' : renderMs(step.durationMs)]),
  ];
}

function shorten(text: string): string {
  return text.length <= SEEN_CHARACTERS ? text : `${text.slice(0, SEEN_CHARACTERS - 1)}…`;
}

/** `35 ms`, `1.24 s`, `25.3 s`. */
export function renderMs(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}
