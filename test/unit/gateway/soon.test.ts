import { describe, expect, test } from 'vitest';
import { ending, repeat } from '../../../src/gateway/bytes/soon.ts';

describe('repeat', () => {
  test('gives no promise while nothing is waited for', () => {
    const seen: number[] = [];
    expect(repeat(3, (index) => void seen.push(index))).toBeUndefined();
    expect(seen).toEqual([0, 1, 2]);
  });

  test('begins no step before the one before it is over', async () => {
    const seen: string[] = [];
    await repeat(4, (index) => {
      seen.push(`begin ${index}`);
      // Only some are waited for, the first one after steps that are not.
      return index % 2 === 0 ? void seen.push(`end ${index}`) : Promise.resolve().then(() => void seen.push(`end ${index}`));
    });
    expect(seen).toEqual([0, 1, 2, 3].flatMap((index) => [`begin ${index}`, `end ${index}`]));
  });

  test('ends with the first step that fails', async () => {
    const seen: number[] = [];
    const step = async (index: number): Promise<void> => {
      seen.push(index);
      if (index === 1) throw new Error('step 1');
    };
    await expect(repeat(3, step)).rejects.toThrow('step 1');
    expect(seen).toEqual([0, 1]);
  });
});

describe('ending', () => {
  test('ends once, at once or when the promise settles, and passes the result on', async () => {
    let ends = 0;
    const end = (): void => void ends++;
    expect(ending(() => 'now', end)).toBe('now');
    expect(ends).toBe(1);
    const later = ending(() => Promise.resolve('later'), end);
    expect(ends).toBe(1);
    expect(await later).toBe('later');
    expect(ends).toBe(2);
  });

  test('ends also when it fails', async () => {
    let ends = 0;
    const end = (): void => void ends++;
    expect(() => ending(() => { throw new Error('now'); }, end)).toThrow('now');
    await expect(ending(() => Promise.reject(new Error('later')), end)).rejects.toThrow('later');
    expect(ends).toBe(2);
  });
});
