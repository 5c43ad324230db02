import ora from 'ora';
import type { NodeSight } from '../engine/run-event.ts';
import { describeStep, type Plan } from '../plan/plan.ts';
import { createPalette } from './palette.ts';
import type { ProgressContext } from './progress.ts';
import { describeNode, renderSeconds, type RunView } from './run-view.ts';

const INDENT = '          ';

interface Current {
  readonly index: number;
  readonly text: string;
  readonly startMs: number;
  readonly limitMs: number | undefined;
  note: string | undefined;
}

/**
 *   ✔    0.1s hold writes on gateway1 and gateway2: done in 3 ms
 *   ⠋ [ 6/11] wait until the last record of every replicated partition of main is on failover
 *             1.2 s, at most 6.8 s more: 7 records in 2 partitions are not on failover yet
 *             gateway1  drained, 12 writes held, 0 under way
 *             gateway2  drained, 9 writes held, 0 under way
 *             writes have been held for 1.4 s, the switch gives up after 20.0 s
 *
 * What is done stays above; the block below it is drawn anew with every frame of the spinner.
 */
export function viewOnTerminal(context: ProgressContext, plan: Plan, pauseBudgetMs: number, now: () => number): RunView {
  const { err } = context;
  const palette = createPalette(true, context.env);
  const startMs = now();
  const seconds = (): string => palette.faint(`${((now() - startMs) / 1000).toFixed(1).padStart(6)}s`);
  const width = (err as { readonly columns?: number }).columns ?? 80;
  let current: Current | undefined;
  let nodes: readonly NodeSight[] = [];
  let heldSinceMs: number | undefined;
  let interruption: string | undefined;
  // discardStdin would take Ctrl-C from us; a hidden cursor would stay hidden after the second Ctrl-C.
  // Whether it can be drawn was decided from the context; ora would look at the environment of the process.
  const spinner = ora({ stream: err, discardStdin: false, hideCursor: false, isEnabled: true });
  spinner.suffixText = () => {
    if (current === undefined) return '';
    const held = heldSinceMs === undefined ? [] : [`writes have been held for ${renderSeconds(now() - heldSinceMs)}, the switch gives up after ${renderSeconds(pauseBudgetMs)}`];
    const lines = [progressOf(current, now()), ...nodeLines(nodes, plan), ...held, ...(interruption === undefined ? [] : [interruption])];
    return lines.map((line) => `\n${INDENT}${palette.faint(line.slice(0, Math.max(20, width - INDENT.length - 1)))}`).join('');
  };
  const above = (line: string): void => {
    spinner.stop();
    err.write(`${line}\n`);
    if (current !== undefined) spinner.start();
  };
  const end = (mark: string, how: string): void => {
    const text = current?.text ?? '';
    current = undefined;
    above(`${mark} ${seconds()} ${text}: ${how}`);
  };
  const kindOf = (index: number): string | undefined => plan.steps[index]?.kind;
  return {
    show: (event) => {
      switch (event.type) {
        case 'step-started':
          if (kindOf(event.index) === 'pause-gateways') heldSinceMs = now();
          current = { index: event.index, text: event.text, startMs: now(), limitMs: event.limitMs, note: undefined };
          spinner.text = `[${String(event.index + 1).padStart(String(plan.steps.length).length)}/${plan.steps.length}] ${event.text}`;
          spinner.start();
          break;
        case 'step-noted':
          if (current === undefined) above(`${palette.warning('!')} ${seconds()} ${stepText(plan, event.index)}: ${event.text}`);
          else current.note = event.text;
          break;
        case 'step-done':
          if (kindOf(event.index) === 'resume-gateways') heldSinceMs = undefined;
          end(palette.good('✔'), `done in ${event.durationMs} ms`);
          break;
        case 'step-failed':
          end(palette.bad('✘'), event.message);
          break;
        case 'step-undone':
          above(`${palette.warning('↩')} ${seconds()} ${stepText(plan, event.index)}: undone`);
          break;
        case 'undo-failed':
          above(`${palette.bad('✘')} ${seconds()} ${stepText(plan, event.index)}: could not be undone: ${event.message}`);
          break;
        case 'nodes-seen':
          nodes = event.nodes;
          break;
        case 'run-started':
        case 'run-ended':
          break;
      }
    },
    interrupt: (why) => {
      interruption = palette.warning(why);
      if (current === undefined) above(interruption);
    },
    stop: () => {
      current = undefined;
      spinner.stop();
    },
  };
}

function progressOf({ startMs, limitMs, note }: Current, nowMs: number): string {
  const left = limitMs === undefined ? '' : `, at most ${renderSeconds(startMs + limitMs - nowMs)} more`;
  return `${renderSeconds(nowMs - startMs)}${left}${note === undefined ? '' : `: ${note}`}`;
}

function nodeLines(nodes: readonly NodeSight[], plan: Plan): readonly string[] {
  const longest = Math.max(0, ...nodes.map(({ node }) => node.length));
  return nodes.map((sight) => `${sight.node.padEnd(longest)}  ${describeNode(sight, plan)}`);
}

function stepText(plan: Plan, index: number): string {
  const step = plan.steps[index];
  return step === undefined ? `step ${index + 1}` : describeStep(step, plan.to);
}
