import { Writable } from 'node:stream';
import type { CliContext } from '../../src/cli/context.ts';

/** A CliContext in memory, and what was written to it. */
export interface MemoryContext extends CliContext {
  readonly written: { readonly out: string; readonly err: string };
}

/** No terminal, empty environment, nobody who answers: give the parts that a test is about. */
export function createMemoryContext(parts: Partial<CliContext> = {}): MemoryContext {
  const out = new Sink();
  const err = new Sink();
  return {
    out,
    err,
    isTerminal: { in: false, out: false, err: false },
    env: {},
    cwd: '/nowhere',
    signal: new AbortController().signal,
    ask: async () => '',
    nodePath: process.execPath,
    entryPath: new URL('../../bin/gwctl.js', import.meta.url).pathname,
    ...parts,
    get written() {
      return { out: out.text, err: err.text };
    },
  };
}

/** A stream that keeps what it got; `columns` and `isTTY` make it look like a terminal to ora. */
export class Sink extends Writable {
  text = '';
  isTTY = false;
  readonly columns = 100;

  override _write(chunk: Buffer | string, _encoding: BufferEncoding, callback: () => void): void {
    this.text += chunk.toString();
    callback();
  }

  clearLine(): boolean {
    return true;
  }

  cursorTo(): boolean {
    return true;
  }

  moveCursor(): boolean {
    return true;
  }
}
