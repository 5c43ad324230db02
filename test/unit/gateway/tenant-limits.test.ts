import { describe, expect, test } from 'vitest';
import { ByteBudget } from '../../../src/gateway/limits/byte-budget.ts';
import { FramePatience } from '../../../src/gateway/limits/frame-patience.ts';
import { NodeLimits } from '../../../src/gateway/limits/tenant-usage.ts';
import { MAX_THROTTLE_MS, TokenBucket } from '../../../src/gateway/limits/token-bucket.ts';

describe('requests at a rate', () => {
  const bucket = (perSecond: number, burst?: number) => {
    const clock = { ms: 0 };
    return { clock, bucket: new TokenBucket(perSecond, burst, () => clock.ms) };
  };

  test('as many as the burst are free at once; each further one is paid for by its time', () => {
    const { bucket: limited } = bucket(10, 3);
    expect([1, 2, 3, 4, 5].map(() => limited.take())).toEqual([0, 0, 0, 100, 200]);
  });

  test('who waits as told is slowed no further, and a quiet time fills the burst again, and not more', () => {
    const { bucket: limited, clock } = bucket(10, 2);
    for (let index = 0; index < 4; index++) limited.take();
    clock.ms = 300;
    expect(limited.take()).toBe(0);
    clock.ms = 100_000;
    expect([limited.take(), limited.take(), limited.take()]).toEqual([0, 0, 100]);
  });

  test('without a burst it is what one second brings', () => {
    const { bucket: limited } = bucket(5);
    expect([1, 2, 3, 4, 5, 6].map(() => limited.take())).toEqual([0, 0, 0, 0, 0, 200]);
  });

  test('nobody waits longer than a group waits for its members, however many there are', () => {
    const { bucket: limited, clock } = bucket(1, 1);
    expect(Math.max(...Array.from({ length: 1000 }, () => limited.take()))).toBe(MAX_THROTTLE_MS);
    clock.ms = MAX_THROTTLE_MS + 1000;
    expect(limited.take()).toBe(0);
  });
});

describe('bytes in flight', () => {
  const forEver = new AbortController().signal;

  test.each([
    { name: 'below the limit a request passes, whatever its size', used: 99, passes: true },
    { name: 'at the limit it waits', used: 100, passes: false },
    { name: 'above it, too', used: 101, passes: false },
    { name: 'with nothing in flight one request always passes', used: 0, passes: true },
  ])('$name', ({ used, passes }) => {
    const budget = new ByteBudget(100);
    budget.add(used);
    expect(budget.tryAcquire(1000)).toBe(passes);
    expect(budget.used).toBe(passes ? used + 1000 : used);
  });

  test('those who wait are let go in order, as far as there is room, and nobody overtakes them', async () => {
    const budget = new ByteBudget(100);
    budget.add(100);
    const done: string[] = [];
    const waiting = [['a', 60], ['b', 50], ['c', 1]].map(async ([name, bytes]) => {
      await budget.acquire(Number(bytes), forEver);
      done.push(String(name));
    });
    await Promise.resolve();
    budget.remove(100);
    expect(budget.tryAcquire(1)).toBe(false);
    expect(budget).toMatchObject({ used: 110, waiting: 1 });
    await Promise.all(waiting.slice(0, 2));
    expect(done).toEqual(['a', 'b']);
    budget.remove(60);
    await Promise.all(waiting);
    expect(budget).toMatchObject({ used: 51, waiting: 0 });
  });

  test('who goes away while it waits leaves nothing behind', async () => {
    const budget = new ByteBudget(100);
    budget.add(100);
    const over = new AbortController();
    const waiting = budget.acquire(10, over.signal);
    over.abort();
    expect(await waiting).toBe(false);
    expect(await budget.acquire(10, over.signal)).toBe(false);
    expect(budget).toMatchObject({ used: 100, waiting: 0 });
  });
});

describe('connections', () => {
  const nodeLimits = (): NodeLimits => new NodeLimits({
    limits: { maxConnections: 2, maxBytesInFlight: 100 },
    tenantLimits: { teamB: { maxConnections: 3, maxBytesInFlight: 100 } },
    exempt: new Set(['_gwctl']),
  });

  test('at the limit the next one is refused, with the numbers; one that leaves makes room', () => {
    const usage = nodeLimits().usageOf('teamA');
    expect([usage.enter(), usage.enter()]).toEqual([undefined, undefined]);
    expect(usage.enter()).toBe('virtual cluster teamA has 2 connections to this gateway node (allowed: 2)');
    expect(usage).toMatchObject({ connections: 2, refusedConnections: 1 });
    usage.leave();
    expect(usage.enter()).toBeUndefined();
  });

  test('each virtual cluster has its own, with its own numbers where it has some; gwctl itself has no limit', () => {
    const limits = nodeLimits();
    const allowed = (name: string): number => Array.from({ length: 50 }, () => limits.usageOf(name).enter()).filter((refusal) => refusal === undefined).length;
    expect(['teamA', 'teamB', 'constructor', '_gwctl'].map(allowed)).toEqual([2, 3, 2, 50]);
  });
});

describe('patience with a peer', () => {
  const patience = () => new FramePatience({ loginMs: 1000, frameMs: 2000, minFrameBytesPerSecond: 100 });
  const inFrame = { buffered: 0, isWaiting: true };

  test.each([
    { name: 'at the limit', looks: 3, ends: false },
    { name: 'above it', looks: 4, ends: true },
  ])('a frame of 100 bytes may take 2 s and one more: $name', ({ looks, ends }) => {
    const watched = patience();
    watched.began(100);
    const whys = Array.from({ length: looks }, () => watched.look(1000, inFrame, 'client', true));
    expect(whys.at(-1)).toBe(ends ? 'the client was waited for 4000 ms in the middle of a frame of 100 bytes (allowed: 3000)' : undefined);
  });

  test.each([
    { name: 'between two frames', began: false, watched: { buffered: 0, isWaiting: true } },
    { name: 'while it is the gateway that does not read', began: true, watched: { buffered: 10, isWaiting: false } },
  ])('$name no time counts', ({ began, watched }) => {
    const subject = patience();
    if (began) subject.began(10);
    for (let look = 0; look < 100; look++) expect(subject.look(1000, watched, 'client', true)).toBeUndefined();
  });

  test('a part of a size is the middle of a frame, too', () => {
    const watched = patience();
    const whys = [1, 2, 3].map(() => watched.look(1000, { buffered: 2, isWaiting: true }, 'broker', true));
    expect(whys).toEqual([undefined, undefined, expect.stringContaining('the broker was waited for 3000 ms')]);
  });

  test('who does not log in is told at the limit, whatever it sends', () => {
    const watched = patience();
    watched.idle();
    expect([watched.look(1000, inFrame, 'client', false), watched.look(1, inFrame, 'client', false)]).toEqual([undefined, 'the client has not logged in within 1000 ms']);
  });
});
