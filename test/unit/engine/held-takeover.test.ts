import { expect, test } from 'vitest';
import type { StateRecord } from '../../../src/arbiter/state-record.ts';
import type { World } from '../../../src/checks/observe-world.ts';
import { endHeldTakeover, findHeldTakeover } from '../../../src/engine/held-takeover.ts';
import { GwctlError } from '../../../src/shared/errors.ts';
import { renderTakeoverHold } from '../../../src/shared/takeover-hold.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { TOPOLOGY } from '../../support/observation.ts';

const HOLD = { runId: 'r1', from: 'main', to: 'failover' };
const COMMIT: StateRecord = { kind: 'commit', generation: 2, from: 'main', to: 'failover', runId: 'r1', by: 'tom@host', at: '2026-01-01T00:00:00.000Z' };

/** `undefined` as a log: the cluster does not answer. */
function worldOf(main: readonly StateRecord[] | undefined, failover: readonly StateRecord[] | undefined) {
  const done: string[] = [];
  let held: string | undefined = renderTakeoverHold(HOLD);
  const clock = createFakeClock();
  const takeover = {
    heldBecause: async () => held,
    giveBack: async () => {
      done.push('given back');
      held = undefined;
    },
    retire: async (reason: string) => void done.push(reason),
  };
  const logOf = (records: readonly StateRecord[] | undefined) => ({ stateLog: { read: async () => {
    if (records === undefined) throw new GwctlError('UNAVAILABLE', 'it cannot be reached');
    return records;
  } } });
  const world = {
    topology: TOPOLOGY, clusters: new Map([['main', logOf(main)], ['failover', logOf(failover)]]),
    takeover: () => takeover, replicator: () => ({ health: async () => ({ connectors: [], lastHeartbeat: new Date(clock.now().getTime() + 1) }) }),
  } as unknown as World;
  return { done, world, end: async () => await endHeldTakeover(HOLD, { world, clock, note: () => {}, signal: new AbortController().signal }) };
}

test.each([
  { name: 'both clusters answer, and nothing was switched: it is given back', main: [], failover: [], outcome: 'replicates', done: ['given back'] },
  { name: 'it was switched: it stays off', main: [], failover: [COMMIT], outcome: 'off', done: ['failover is active: main->failover would copy from a cluster that is not'] },
  { name: 'the source is dead, and nothing was switched: it waits for it', main: undefined, failover: [], outcome: 'waits', done: [] },
  { name: 'the source is dead, and it was switched: it stays off', main: undefined, failover: [COMMIT], outcome: 'off', done: ['failover is active: main->failover would copy from a cluster that is not'] },
] as const)('a replication that a dead run has left held: $name', async ({ main, failover, outcome, done }) => {
  const scene = worldOf(main, failover);
  expect(await findHeldTakeover(scene.world)).toEqual(HOLD);
  expect(await scene.end()).toBe(outcome);
  expect(scene.done).toEqual(done);
});

test('control: where the target does not answer nobody can tell, and nothing is done', async () => {
  const { end, done } = worldOf([], undefined);
  await expect(end()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(done).toEqual([]);
});
