/** Held until they fire: Node lets go of a timeout that only AbortSignal.any() depends on, and its time never comes (nodejs/node issue 57736). */
const running = new Set<AbortSignal>();

/** Aborts with a TimeoutError after `milliseconds`, also as part of an AbortSignal.any(). Keeps no process alive. */
export function timeLimit(milliseconds: number): AbortSignal {
  const signal = AbortSignal.timeout(Math.ceil(milliseconds));
  running.add(signal);
  signal.addEventListener('abort', () => running.delete(signal), { once: true });
  return signal;
}
