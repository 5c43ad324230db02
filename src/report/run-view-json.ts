import { writeJsonLine } from './json.ts';
import type { RunView } from './run-view.ts';

/** Each event is a line on stdout, as it happens. The result, which the command writes, is the last line. */
export function viewAsJson(out: NodeJS.WritableStream, now: () => number): RunView {
  const startMs = now();
  return {
    show: (event) => writeJsonLine(out, event),
    interrupt: (text) => writeJsonLine(out, { type: 'interrupted', atMs: Math.round(now() - startMs), text }),
    stop: () => {},
  };
}
