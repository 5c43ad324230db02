import { GwctlError } from '../../shared/errors.ts';
import { filesOf } from './component.ts';
import { readLogTail } from './log-tail.ts';
import type { RunningComponent } from './spawn-component.ts';

/** Watches what `up` started: as soon as one of them is gone, `failed` rejects with the end of its own log. */
export interface Supervisor {
  watch(running: RunningComponent): void;
  /** Never resolves. */
  readonly failed: Promise<never>;
  /** From now on an exit is nobody's concern. */
  release(): void;
}

export function createSupervisor(): Supervisor {
  let isReleased = false;
  const { promise, reject } = rejectable();
  promise.catch(() => {});
  return {
    watch({ component, exited }) {
      void exited.then(async (how) => {
        if (isReleased) return;
        const { log } = filesOf(component.dir, component.name);
        const lines = await readLogTail(log);
        reject(
          new GwctlError('UNAVAILABLE', `${component.name} ended while the environment came up: ${how}\n${lines.map((line) => `  ${line}`).join('\n')}`, {
            hint: `its whole log is ${log}; \`gwctl up\` starts it again, \`gwctl down\` ends the rest`,
            details: { component: component.name, logFile: log, how },
          }),
        );
      });
    },
    failed: promise,
    release: () => {
      isReleased = true;
    },
  };
}

function rejectable(): { readonly promise: Promise<never>; readonly reject: (reason: unknown) => void } {
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<never>((_, rejectPromise) => (reject = rejectPromise));
  return { promise, reject };
}
