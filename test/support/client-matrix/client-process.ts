import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { type ClientEvent, parseEvent } from './client-event.ts';

/** Where clients connect to, and as whom. */
export interface ClientSettings {
  readonly bootstrap: readonly string[];
  readonly username: string;
  readonly token: string;
  readonly partitions: number;
  readonly ratePerSecond: number;
}

/** A running program of test/e2e/clients. */
export interface ClientProcess {
  readonly pid: number;
  /** Grows while it runs. */
  readonly events: readonly ClientEvent[];
  /** Its last lines that were no events, for the report of a failure. */
  readonly chatter: readonly string[];
  readonly hasEnded: boolean;
  stopProducers(): void;
  /** Ends it: by the end of its stdin, after `limitMs` by force. Safe to repeat. */
  stop(limitMs: number): Promise<void>;
}

const CHATTER_LINES = 20;

export function startClientProcess(command: readonly string[], clients: readonly { readonly name: string; readonly mode: string }[], settings: ClientSettings): ClientProcess {
  const [file = '', ...args] = command;
  const child: ChildProcess & { stdin: Writable; stdout: Readable; stderr: Readable } = spawn(file, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      ...process.env,
      MATRIX_CLIENTS: clients.map(({ name, mode }) => `${name}=${mode}`).join(','),
      MATRIX_BOOTSTRAP: settings.bootstrap.join(','),
      MATRIX_USERNAME: settings.username,
      MATRIX_TOKEN: settings.token,
      MATRIX_PARTITIONS: `${settings.partitions}`,
      MATRIX_RATE: `${settings.ratePerSecond}`,
    },
  });
  const events: ClientEvent[] = [];
  const chatter: string[] = [];
  let isStopping = false;
  let hasEnded = false;
  const chat = (line: string): void => {
    chatter.push(line);
    if (chatter.length > CHATTER_LINES) chatter.shift();
  };
  const end = (how: string): void => {
    if (hasEnded) return;
    hasEnded = true;
    // A program that dies under its clients says nothing for them.
    if (!isStopping) for (const { name } of clients) events.push({ t: Date.now(), c: name, e: 'error', m: `the program ended: ${how}; ${chatter.slice(-3).join(' | ')}`, fatal: true });
  };
  child.on('error', (reason) => end(reason.message));
  child.on('close', (code, signal) => end(signal ?? `exit code ${code}`));
  child.stdin.on('error', () => {});
  createInterface({ input: child.stdout }).on('line', (line) => {
    const event = parseEvent(line);
    if (event === undefined) chat(line);
    else events.push(event);
  });
  createInterface({ input: child.stderr }).on('line', chat);
  return {
    pid: child.pid ?? -1,
    events,
    chatter,
    get hasEnded() {
      return hasEnded;
    },
    stopProducers: () => void child.stdin.write('stop\n'),
    stop: async (limitMs) => {
      isStopping = true;
      if (hasEnded) return;
      child.stdin.end();
      const closed = once(child, 'close');
      const timer = new AbortController();
      await Promise.race([closed, delay(limitMs, undefined, { signal: timer.signal }).catch(() => {})]);
      timer.abort();
      if (hasEnded) return;
      child.kill('SIGKILL');
      await closed;
    },
  };
}
