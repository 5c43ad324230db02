import ora, { type Ora } from 'ora';
import { createPalette, type Palette } from './palette.ts';

/** One thing under way. After `done` or `fail` it says nothing more. */
export interface ProgressItem {
  /** What is known by now; replaces the note before it on a terminal. */
  note(text: string): void;
  done(text?: string): void;
  fail(text: string): void;
}

/** Things under way side by side. Call `stop` when the command ends, however it ends. */
export interface Progress {
  start(label: string): ProgressItem;
  stop(): void;
}

/** The part of a CliContext that progress needs. */
export interface ProgressContext {
  readonly err: NodeJS.WritableStream;
  readonly isTerminal: { readonly err: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Progress on stderr: one spinner line that names all that is under way on a terminal, plain lines with the seconds since the start
 * (`  12.3s main: 3 brokers answer`) elsewhere. Import this file lazily: ora takes some 30 ms to load.
 */
export function createProgress(context: ProgressContext, now: () => number = () => performance.now()): Progress {
  const palette = createPalette(context.isTerminal.err, context.env);
  const startedAtMs = now();
  const seconds = () => `${((now() - startedAtMs) / 1000).toFixed(1).padStart(6)}s`;
  return isDrawable(context) ? createSpinner(context.err, palette, seconds) : createLines(context.err, seconds);
}

/** A terminal that says it has no columns (a pseudo-terminal that nobody sized) makes ora draw without end. */
export function isDrawable({ err, isTerminal }: ProgressContext): boolean {
  return isTerminal.err && (err as { readonly columns?: number }).columns !== 0;
}

function createLines(err: NodeJS.WritableStream, seconds: () => string): Progress {
  return {
    start(label) {
      const write = whileOpen((text) => err.write(`${seconds()} ${label}: ${text}\n`));
      let last: string | undefined;
      return {
        note: (text) => {
          if (text !== last) write(text);
          last = text;
        },
        done: (text = 'done') => write(text, true),
        fail: (text) => write(`failed: ${text}`, true),
      };
    },
    stop: () => {},
  };
}

function createSpinner(err: NodeJS.WritableStream, palette: Palette, seconds: () => string): Progress {
  const running = new Map<symbol, string>();
  // discardStdin would take Ctrl-C from us; a hidden cursor would stay hidden after the second Ctrl-C.
  const spinner: Ora = ora({ stream: err, discardStdin: false, hideCursor: false });
  const refresh = () => {
    spinner.text = [...running.values()].join(palette.faint(' · '));
    if (running.size === 0) spinner.stop();
    else if (!spinner.isSpinning) spinner.start();
  };
  return {
    start(label) {
      const key = Symbol(label);
      running.set(key, label);
      refresh();
      const end = whileOpen((line) => {
        running.delete(key);
        spinner.stop();
        err.write(`${line}\n`);
        refresh();
      });
      return {
        note: (text) => {
          if (!running.has(key)) return;
          running.set(key, `${label}: ${text}`);
          refresh();
        },
        done: (text = 'done') => end(`${palette.good('✔')} ${palette.faint(seconds())} ${label}: ${text}`, true),
        fail: (text) => end(`${palette.bad('✘')} ${palette.faint(seconds())} ${label}: ${text}`, true),
      };
    },
    stop: () => {
      running.clear();
      spinner.stop();
    },
  };
}

/** Passes text on until the last one was passed: an item that ended keeps quiet. */
function whileOpen(write: (text: string) => void): (text: string, isLast?: boolean) => void {
  let isOpen = true;
  return (text, isLast = false) => {
    if (!isOpen) return;
    isOpen = !isLast;
    write(text);
  };
}
