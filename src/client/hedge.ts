/** Which attempt it was, and what came of it. */
export interface Hedged<T> {
  readonly value: T;
  readonly index: number;
}

/**
 * Begins the first attempt, and the next one each time that one fails or nothing has come for `pauseMs`; those that are under way go on, so that whoever is slow
 * may still win. Throws what the last one threw; what `isFinal` at once.
 */
export async function hedge<T>(attempts: readonly (() => Promise<T>)[], pauseMs: number, isFinal: (reason: unknown) => boolean): Promise<Hedged<T>> {
  return await new Promise((resolve, reject) => {
    let begun = 0;
    let failed = 0;
    let timer: NodeJS.Timeout | undefined;
    let isOver = false;
    const end = (settle: () => void): void => {
      isOver = true;
      clearTimeout(timer);
      settle();
    };
    const begin = (): void => {
      clearTimeout(timer);
      const index = begun;
      const attempt = attempts[index];
      if (attempt === undefined) return;
      begun++;
      if (begun < attempts.length) timer = setTimeout(begin, pauseMs);
      attempt().then(
        (value) => {
          if (!isOver) end(() => resolve({ value, index }));
        },
        (reason: unknown) => {
          failed++;
          if (isOver) return;
          if (isFinal(reason) || failed === attempts.length) end(() => reject(reason));
          else begin();
        },
      );
    };
    begin();
  });
}
