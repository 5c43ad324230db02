/**
 * A value, or a promise of it where it has to be waited for. Most fields of a frame are there when they are asked for; a promise for each
 * would cost a gateway under load more than the forwarding does (bench 02).
 */
export type Soon<T> = T | Promise<T>;

/** `next` of the value, now when it is there. */
export function after<T, U>(value: Soon<T>, next: (value: T) => Soon<U>): Soon<U> {
  return value instanceof Promise ? value.then(next) : next(value);
}
