import type { ParentChannel } from '../gateway/workers/serve-as-worker.ts';

/**
 * Everything that a command may know of the process it runs in. main.ts makes the real one; tests make one in memory, so commands are
 * tested without a process.
 */
export interface CliContext {
  /** The answer: tables, JSON. */
  readonly out: NodeJS.WritableStream;
  /** The story: progress, warnings, errors. */
  readonly err: NodeJS.WritableStream;
  readonly isTerminal: { readonly in: boolean; readonly out: boolean; readonly err: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP; its reason is a GwctlError INTERRUPTED. */
  readonly signal: AbortSignal;
  /** Asks on `err`, answers with the line typed; '' at the end of input. Check `isTerminal.in` first. */
  readonly ask: (question: string) => Promise<string>;
  /** With these two gwctl starts itself again: `spawn(nodePath, [entryPath, 'gateway', …])`. */
  readonly nodePath: string;
  readonly entryPath: string;
  /** The way to the process that forked this one, if it did: a worker of a gateway node has it. */
  readonly parent?: ParentChannel;
}
