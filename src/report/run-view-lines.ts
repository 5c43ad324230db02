import type { NodeSight } from '../engine/run-event.ts';
import { describeStep, type Plan } from '../plan/plan.ts';
import { describeNode, renderSeconds, type RunView } from './run-view.ts';

/** Notes that differ in their numbers only, like a lag that shrinks: one of them a second is enough. */
const SAME_NOTE_MS = 1000;
/** A step that takes longer and says nothing gets a line, so that a reader knows what is waited for. */
const SILENT_MS = 1000;

interface Current {
  readonly text: string;
  readonly startMs: number;
  readonly limitMs: number | undefined;
  note: string | undefined;
  saidMs: number;
}

/** A line for each change, `  12.3s what: how far`, without control characters. */
export function viewAsLines(err: NodeJS.WritableStream, plan: Plan, now: () => number): RunView {
  const startMs = now();
  const write = (text: string): void => void err.write(`${((now() - startMs) / 1000).toFixed(1).padStart(6)}s ${text}\n`);
  const stepText = (index: number): string => {
    const step = plan.steps[index];
    return step === undefined ? `step ${index + 1}` : describeStep(step, plan.to);
  };
  const phases = new Map<string, string>();
  let current: Current | undefined;
  const timeLeft = ({ startMs: began, limitMs }: Current): string => (limitMs === undefined ? '' : ` (at most ${renderSeconds(began + limitMs - now())} more)`);
  const note = (text: string): void => {
    if (current === undefined || text === current.note) return;
    if (shapeOf(text) === shapeOf(current.note) && now() - current.saidMs < SAME_NOTE_MS) return;
    write(`${current.text}: ${text}${timeLeft(current)}`);
    current.note = text;
    current.saidMs = now();
  };
  const showNode = (sight: NodeSight): void => {
    const phase = phaseOf(sight);
    const before = phases.get(sight.node);
    phases.set(sight.node, phase);
    if (before !== undefined && before !== phase) write(`${sight.node}: ${describeNode(sight, plan)}`);
  };
  const waiting = setInterval(() => {
    if (current !== undefined && current.note === undefined && now() - current.startMs >= SILENT_MS) note('under way');
  }, SILENT_MS / 4);
  waiting.unref();
  return {
    show: (event) => {
      switch (event.type) {
        case 'step-started':
          current = { text: event.text, startMs: now(), limitMs: event.limitMs, note: undefined, saidMs: 0 };
          break;
        case 'step-noted':
          if (current === undefined) write(`${stepText(event.index)}: ${event.text}`);
          else note(event.text);
          break;
        case 'step-done':
          if (current !== undefined) write(`${current.text}: done in ${event.durationMs} ms`);
          current = undefined;
          break;
        case 'step-failed':
          if (current !== undefined) write(`${current.text}: failed: ${event.message}`);
          current = undefined;
          break;
        case 'step-undone':
          write(`${stepText(event.index)}: undone`);
          break;
        case 'undo-failed':
          write(`${stepText(event.index)}: could not be undone: ${event.message}`);
          break;
        case 'nodes-seen':
          event.nodes.forEach(showNode);
          break;
        case 'run-started':
        case 'run-ended':
          break;
      }
    },
    interrupt: write,
    stop: () => clearInterval(waiting),
  };
}

function shapeOf(text: string | undefined): string | undefined {
  return text?.replaceAll(/\d+/g, '#');
}

function phaseOf(sight: NodeSight): string {
  return sight.phase === 'silent' ? sight.phase : `${sight.phase} ${sight.active}`;
}
