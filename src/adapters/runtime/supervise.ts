import { existsSync } from 'node:fs';
import { GwctlError } from '../../shared/errors.ts';
import { filesOf } from './component.ts';
import { readLogTail } from './log-tail.ts';
import type { RunningComponent } from './spawn-component.ts';

/** Watches what must not end while an environment comes up. */
export interface Supervisor {
  watch(running: RunningComponent): void;
  /** Aborts with the reason, the end of the dead component's own log included, as soon as one is gone that was not held meanwhile. */
  readonly signal: AbortSignal;
  /** From now on an exit is nobody's concern. */
  release(): void;
}

export function createSupervisor(): Supervisor {
  let isReleased = false;
  const controller = new AbortController();
  return {
    watch(running) {
      void running.exited.then(async (how) => {
        // Somebody has ended it on purpose: a run that takes the replication over.
        if (isReleased || existsSync(filesOf(running.component.dir, running.component.name).held)) return;
        controller.abort(await describeDeath(running, how));
      });
    },
    signal: controller.signal,
    release: () => {
      isReleased = true;
    },
  };
}

async function describeDeath({ component: { name, dir } }: RunningComponent, how: string): Promise<GwctlError> {
  const { log } = filesOf(dir, name);
  const lines = await readLogTail(log);
  return new GwctlError('UNAVAILABLE', [`${name} ended while the environment came up: ${how}`, ...lines.map((line) => `  ${line}`)].join('\n'), {
    hint: `its whole log is ${log}; \`gwctl up\` starts it again, \`gwctl down\` ends the rest`,
    details: { component: name, logFile: log, how },
  });
}
