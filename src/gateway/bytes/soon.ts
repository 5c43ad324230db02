/**
 * A value, or a promise of it where it has to be waited for. Most fields of a frame are there when they are asked for; a promise for each
 * would cost a gateway under load more than the forwarding does (bench 02). What gives one of these throws at once what it finds at once.
 */
export type Soon<T> = T | Promise<T>;

/** `next` of the value, now when it is there. */
export function after<T, U>(value: Soon<T>, next: (value: T) => Soon<U>): Soon<U> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** `run`, and `end` once it is over, also when it fails. */
export function ending<T>(run: () => Soon<T>, end: () => void): Soon<T> {
  let running: Soon<T>;
  try {
    running = run();
  } catch (reason) {
    end();
    throw reason;
  }
  if (running instanceof Promise) return running.finally(end);
  end();
  return running;
}

/** `step` so many times, one after the other. */
export function repeat(times: number, step: (index: number) => void | Promise<void>): Soon<void> {
  for (let index = 0; index < times; index++) {
    const wait = step(index);
    if (wait !== undefined) return repeatLater(wait, index + 1, times, step);
  }
}

async function repeatLater(wait: Promise<void>, from: number, times: number, step: (index: number) => void | Promise<void>): Promise<void> {
  await wait;
  for (let index = from; index < times; index++) await step(index);
}
