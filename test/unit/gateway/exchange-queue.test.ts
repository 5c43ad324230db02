import { beforeEach, expect, test } from 'vitest';
import { ExchangeQueue, type Exchange } from '../../../src/gateway/connection/exchange-queue.ts';

let sent: string[];
let queue: ExchangeQueue;
let nextId: number;

beforeEach(() => {
  sent = [];
  nextId = 1;
  queue = new ExchangeQueue((frame) => void sent.push(frame.toString()));
});

function push(by: Exchange['by']): Exchange {
  const exchange: Exchange = { correlationId: nextId++, apiKey: 3, apiVersion: 1, by, isWrite: false };
  queue.push(exchange);
  return exchange;
}

test('a local answer waits for the brokers\' answers before it (hazard 00.3)', () => {
  const first = push('backend');
  const second = push('local');
  queue.answer(second, Buffer.from('second'));
  expect(sent).toEqual([]);
  queue.answer(first, Buffer.from('first'));
  expect(sent).toEqual(['first', 'second']);
  expect(queue.length).toBe(0);
});

test('what is kept for an older answer is told, and told again when it leaves', () => {
  const kept: number[] = [];
  queue = new ExchangeQueue((frame) => void sent.push(frame.toString()), () => {}, (change) => void kept.push(change));
  const [first, second, third] = [push('backend'), push('local'), push('local')];
  queue.answer(third, Buffer.from('third'));
  queue.answer(second, Buffer.from('second'));
  expect(kept).toEqual([5, 6]);
  queue.answer(first, Buffer.from('first'));
  expect(kept).toEqual([5, 6, -6, -5]);
  expect(sent).toEqual(['first', 'second', 'third']);
});

test('an answer that is written piece by piece waits for its turn', async () => {
  const first = push('backend');
  const second = push('backend');
  let reached = false;
  const turn = Promise.resolve(queue.turnOf(second)).then(() => (reached = true));
  await Promise.resolve();
  expect(reached).toBe(false);
  queue.answer(first, Buffer.from('first'));
  await turn;
  expect(reached).toBe(true);
});

test('an exchange of the gateway itself ends without an answer', () => {
  const own = push('internal');
  const client = push('backend');
  queue.answer(own, Buffer.alloc(0));
  queue.answer(client, Buffer.from('client'));
  expect(sent).toEqual(['client']);
});

test('brokers owe what was sent to them, oldest first', () => {
  const first = push('backend');
  push('local');
  const third = push('internal');
  expect(queue.owed()).toEqual([first, third]);
  queue.answer(first, Buffer.from('x'));
  expect(queue.oldestOwed()).toBe(third);
});

test('room is made by answers, not by waiting', async () => {
  const first = push('backend');
  push('backend');
  let hasRoom = false;
  const room = queue.room(2).then(() => (hasRoom = true));
  await Promise.resolve();
  expect(hasRoom).toBe(false);
  queue.answer(first, Buffer.from('x'));
  await room;
  expect(queue.length).toBe(1);
});

test('10,000 exchanges keep their order', () => {
  const all = Array.from({ length: 10_000 }, (_, index) => push(index % 3 === 0 ? 'local' : 'backend'));
  for (const exchange of [...all].reverse()) queue.answer(exchange, Buffer.from(String(exchange.correlationId)));
  expect(sent).toEqual(all.map(({ correlationId }) => String(correlationId)));
});

test('an exchange is answered once: whoever comes later hears that there was nothing to end', () => {
  const first = push('backend');
  const second = push('backend');
  expect(queue.answer(second, Buffer.from('second'))).toBe(true);
  expect(queue.answer(second, Buffer.from('again'))).toBe(false);
  queue.close();
  expect(queue.answer(first, Buffer.from('first'))).toBe(false);
  expect(sent).toEqual([]);
});

test('what was sent to the same broker after a request is answered before one that is sent there now', () => {
  const first = push('backend');
  expect(queue.isOwedAfter(first)).toBe(false);
  push('local');
  expect(queue.isOwedAfter(first)).toBe(false);
  const third = push('backend');
  expect([queue.isOwedAfter(first), queue.isOwedAfter(first, 2), queue.isOwedAfter(third)]).toEqual([true, false, false]);
  queue.answer(third, Buffer.from('third'));
  expect(queue.isOwedAfter(first)).toBe(false);
});
