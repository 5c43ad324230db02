import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SETTLING_MS } from '../../../src/gateway/backing.ts';
import { createLog } from '../../../src/gateway/log.ts';
import { ProducerSequences, type NumberedBatch } from '../../../src/gateway/producers/producer-sequences.ts';
import { clusterOfProducers } from '../../support/described-producers.ts';

const TOPIC = 'teamAusers';
const LAST = 41;
const batch = (changes: Partial<NumberedBatch> = {}): NumberedBatch => ({ topic: TOPIC, partition: 0, producerId: 7n, epoch: 0, baseSequence: LAST + 1, ...changes });
const known = (lastSequence = LAST, gate?: Promise<void>) => clusterOfProducers(TOPIC, [{ producerId: 7n, epoch: 0, lastSequence }], gate);

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

async function afterSwitch(lastSequence = LAST): Promise<ProducerSequences> {
  const sequences = new ProducerSequences(createLog(() => {}));
  sequences.read(known(lastSequence));
  await sequences.moved();
  return sequences;
}

test.each([
  { name: 'the next one', seen: batch(), may: true },
  { name: 'one whose predecessor is missing', seen: batch({ baseSequence: LAST + 2 }), may: false },
  { name: 'one that was written before, whose answer was lost', seen: batch({ baseSequence: LAST - 1 }), may: true },
  { name: 'one of another producer', seen: batch({ producerId: 8n, baseSequence: 99 }), may: true },
  { name: 'one of a producer that has begun anew', seen: batch({ epoch: 1, baseSequence: 0 }), may: true },
  { name: 'one for another partition', seen: batch({ partition: 1, baseSequence: 99 }), may: true },
])('$name: may be written: $may', async ({ seen, may }) => {
  expect((await afterSwitch()).mayWrite([seen])).toBe(may);
});

test('sequences begin again at 0 behind the highest one', async () => {
  const sequences = await afterSwitch(2 ** 31 - 1);
  expect(sequences.mayWrite([batch({ baseSequence: 0 })])).toBe(true);
  expect(sequences.mayWrite([batch({ baseSequence: 1 })])).toBe(false);
});

test('a request waits for the predecessor of each of its batches', async () => {
  expect((await afterSwitch()).mayWrite([batch({ producerId: 8n }), batch({ baseSequence: LAST + 2 })])).toBe(false);
});

test('from the first one that the new cluster has, that one judges', async () => {
  const sequences = await afterSwitch();
  sequences.confirmed(batch());
  expect(sequences.mayWrite([batch({ baseSequence: 99 })])).toBe(true);
  expect(sequences.isEmpty).toBe(true);
});

test('a predecessor that does not come is not waited for for ever', async () => {
  const sequences = await afterSwitch();
  const ahead = batch({ baseSequence: LAST + 2 });
  expect(sequences.mayWrite([ahead])).toBe(false);
  vi.advanceTimersByTime(9000);
  expect(sequences.mayWrite([ahead])).toBe(false);
  vi.advanceTimersByTime(2000);
  expect(sequences.mayWrite([ahead])).toBe(true);
});

test('when the switch has settled, nothing of it is kept', async () => {
  const sequences = await afterSwitch();
  expect(sequences.isEmpty).toBe(false);
  vi.advanceTimersByTime(SETTLING_MS);
  expect(sequences.isEmpty).toBe(true);
});

test.each([
  { name: 'nothing was read', begin: () => {} },
  { name: 'the pause ended without a switch', begin: (sequences: ProducerSequences) => (sequences.read(known()), sequences.forget()) },
  { name: 'the cluster that was left cannot say it', begin: (sequences: ProducerSequences) => sequences.read({ metadata: async () => Promise.reject(new Error('gone')) } as never) },
])('control: $name, and everything passes, as on a cluster that knows no producer', async ({ begin }) => {
  const sequences = new ProducerSequences(createLog(() => {}));
  begin(sequences);
  await sequences.moved();
  expect(sequences.mayWrite([batch({ baseSequence: 99 })])).toBe(true);
});

test('a flip does not wait for a cluster that answers nothing', async () => {
  const sequences = new ProducerSequences(createLog(() => {}));
  sequences.read(known(LAST, new Promise(() => {})));
  const moved = sequences.moved();
  await vi.advanceTimersByTimeAsync(1000);
  await moved;
  expect(sequences.isEmpty).toBe(true);
});
