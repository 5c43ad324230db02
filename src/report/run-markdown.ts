import type { RunSummary } from '../engine/summarise-run.ts';
import { evidenceLines, headLines } from './run-report.ts';
import { sectionsOf } from './run.ts';

/** The same report for a ticket or a post-mortem. */
export function renderRunMarkdown(parts: readonly RunSummary[]): string {
  return parts.map(renderPart).join('\n');
}

function renderPart(run: RunSummary): string {
  const [title = '', ...head] = headLines(run);
  const sections = sectionsOf(run).flatMap(([name, lines]) => (lines.length === 0 ? [] : [`**${name}**\n\n${lines.map((line) => `- ${line}\n`).join('')}`]));
  const phases = run.steps.map((step) => [`${(step.startedAtMs / 1000).toFixed(1)} s`, step.durationMs === undefined ? '' : `${step.durationMs} ms`, step.limitMs === undefined ? '' : `${step.limitMs / 1000} s`, step.outcome, step.text]);
  const evidence = evidenceLines(run);
  return [
    `## ${title}\n\n${head.map((line) => `${line}\n`).join('\n')}`,
    ...sections,
    ...(phases.length === 0 ? [] : [table(['at', 'took', 'allowed', 'outcome', 'phase'], phases)]),
    ...(run.checks.length === 0 ? [] : [table(['check before it', 'outcome', 'seen'], run.checks.map(({ id, status, evidence: seen }) => [id, status, seen]))]),
    ...(evidence.length === 0 ? [] : [`**evidence**\n\n${evidence.map((line) => `- ${line}\n`).join('')}`]),
  ].join('\n');
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |\n`;
  return `${line(titles)}${line(titles.map(() => '---'))}${rows.map(line).join('')}`;
}
