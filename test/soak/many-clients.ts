import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

export interface ManyClientsReport {
  readonly clients: number;
  readonly answered: number;
  readonly failed: number;
  /** Whose last request was not answered. */
  readonly silent: number;
  readonly problems: readonly (readonly [message: string, count: number])[];
}

export interface ManyClients {
  report(): Promise<ManyClientsReport>;
  stop(): Promise<void>;
}

const PROGRAM = new URL('many-clients.mjs', import.meta.url).pathname;
const REPORT_MS = 30_000;

/** Clients of a process of their own. Resolves when every one was answered once. */
export async function startManyClients(bootstraps: readonly string[], { username, token }: { readonly username: string; readonly token: string }, count: number): Promise<ManyClients> {
  const child = fork(PROGRAM, [bootstraps.join(','), username, token, `${count}`]);
  const ended = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`the process of ${count} clients ended: ${(signal ?? `exit code ${code}`) as string}`);
  });
  ended.catch(() => {});
  const next = async (event: string): Promise<unknown> => {
    for (;;) {
      const [message] = (await Promise.race([once(child, 'message'), ended])) as [{ readonly event: string }];
      if (message.event === event) return message;
    }
  };
  await next('open');
  return {
    report: async () => {
      child.send('report');
      const late = delay(REPORT_MS, undefined, { ref: false }).then(() => {
        throw new Error(`the process of ${count} clients did not say how they are within ${REPORT_MS} ms`);
      });
      return (await Promise.race([next('report'), late])) as ManyClientsReport;
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}
