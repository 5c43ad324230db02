/**
 * Runs all of it side by side. The first failure aborts the signal that the others got, and is what is thrown once all have ended: no
 * work goes on in the background.
 */
export async function runTogether(outer: AbortSignal, tasks: readonly ((signal: AbortSignal) => Promise<unknown>)[]): Promise<void> {
  const controller = new AbortController();
  const signal = AbortSignal.any([outer, controller.signal]);
  let first: { readonly reason: unknown } | undefined;
  await Promise.all(
    tasks.map(async (task) => {
      try {
        await task(signal);
      } catch (reason) {
        first ??= { reason };
        controller.abort(reason);
      }
    }),
  );
  if (outer.aborted) throw outer.reason;
  if (first !== undefined) throw first.reason;
}
