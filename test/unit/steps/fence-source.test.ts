import { describe, expect, test } from 'vitest';
import type { Takeover } from '../../../src/ports/takeover.ts';
import { GwctlError } from '../../../src/shared/errors.ts';
import { parseTakeoverHold } from '../../../src/shared/takeover-hold.ts';
import type { StepContext } from '../../../src/steps/step.ts';
import { fenceSource } from '../../../src/steps/unplanned-steps.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { TOPOLOGY } from '../../support/observation.ts';

const STEP = { kind: 'fence-source', from: 'main' } as const;
const DEAD = async (): Promise<never> => {
  throw new GwctlError('UNAVAILABLE', 'main cannot be reached');
};
const MUTE = async (): Promise<never> => {
  throw new GwctlError('UNAVAILABLE', 'topic _gatewayState cannot be read (error 13)');
};

interface Scene {
  readonly isSourceDead?: boolean;
  readonly hasProcess?: boolean;
  /** How often the log of failover cannot be read: its leader hangs, and no other broker leads yet. */
  readonly mute?: number;
}

/** A world in which a process that was fenced copies nothing until it is another one. */
function openScene({ isSourceDead = false, hasProcess = true, mute = 0 }: Scene) {
  const seen: string[] = [];
  const notes: string[] = [];
  const clock = createFakeClock();
  const until = new AbortController();
  let process: 'copies' | 'fenced' | undefined = 'copies';
  const takeover = {
    retire: async (reason: string) => {
      seen.push(parseTakeoverHold(reason) === undefined ? reason : 'ended for the run');
      process = undefined;
    },
    giveBack: async () => {
      seen.push('started');
      process ??= 'copies';
    },
  } as unknown as Takeover;
  const replicator = {
    fence: async () => {
      seen.push('fenced');
      if (process !== undefined) process = 'fenced';
      return { transactionalIds: ['main-mm2-MirrorSourceConnector-0'], silentBrokers: [] };
    },
    health: async () => ({ connectors: [], lastHeartbeat: process === 'copies' ? new Date(clock.now().getTime() + 1) : undefined }),
  };
  const records: { kind: string; generation: number }[] = [];
  const log = { read: async () => records, append: async (record: { kind: string; generation: number }) => void records.push(record) };
  let mutes = mute;
  const target = { ...log, read: async () => (mutes-- > 0 ? await MUTE() : records) };
  const context = {
    runId: 'run-1', note: (text: string) => notes.push(text), clock, signal: until.signal, hasCommitted: false,
    plan: { from: 'main', to: 'failover', generation: 2, basis: { active: 'main', generation: 1 }, unplanned: { loss: { records: 0, isExact: true, unknown: [] }, budget: {}, withoutNodes: [] } },
    world: {
      topology: TOPOLOGY, operator: 'tom@host', replicator: () => replicator,
      clusters: new Map([['main', { stateLog: isSourceDead ? { read: DEAD, append: DEAD } : log }], ['failover', { stateLog: target }]]),
      ...(hasProcess ? { takeover: () => takeover } : {}),
    },
  } as unknown as StepContext;
  const undo = typeof fenceSource.undo === 'function' ? fenceSource.undo : undefined;
  return { seen, notes, apply: async () => await fenceSource.apply(STEP, context), undo: async () => await undo?.(STEP, context), copies: () => process === 'copies', end: () => until.abort() };
}

describe('MirrorMaker', () => {
  test('is ended before it is fenced, so that it cannot start its tasks anew', async () => {
    const { seen, apply } = openScene({ isSourceDead: true });
    expect(await apply()).toMatchObject({ fenced: ['main-mm2-MirrorSourceConnector-0'], isEnded: true });
    expect(seen).toEqual(['ended for the run', 'fenced']);
  });

  test('copies again when the switch is given up and the source answers', async () => {
    const { seen, apply, undo, copies } = openScene({});
    await apply();
    expect(await undo()).toMatchObject({ decision: 'abort', replication: 'replicates' });
    expect([seen.at(-1), copies()]).toEqual(['started', true]);
  });

  test('stays ended while the source is dead, and the operator is told what starts it', async () => {
    const { seen, notes, apply, undo } = openScene({ isSourceDead: true });
    await apply();
    expect(await undo()).toMatchObject({ decision: 'abort', replication: 'ended' });
    expect(seen).not.toContain('started');
    expect(notes.at(-1)).toMatch(/main does not answer: once it does, `gwctl up` starts MirrorMaker again/);
  });

  test('control: where gwctl does not have its process, it stays fenced, and the operator is told to restart it', async () => {
    const { notes, apply, undo, copies } = openScene({ hasProcess: false });
    expect(await apply()).not.toHaveProperty('isEnded');
    expect(await undo()).toMatchObject({ replication: 'fenced' });
    expect([copies(), notes.at(-1)]).toEqual([false, 'MirrorMaker was fenced: restart it when main lives']);
  });

  test('copies again also where the broker that leads the log hangs while the switch is given up: another one will lead', async () => {
    const { notes, apply, undo, copies } = openScene({ mute: 20 });
    await apply();
    expect(await undo()).toMatchObject({ decision: 'abort', replication: 'replicates' });
    expect([copies(), notes[0], notes.filter((note) => note === notes[0]).length]).toEqual([true, 'topic _gatewayState cannot be read (error 13)', 1]);
  });

  test('control: once the time is over, nobody says that the switch was given up', async () => {
    const { apply, undo, end } = openScene({ mute: 20 });
    await apply();
    end();
    await expect(undo()).rejects.toThrow('topic _gatewayState cannot be read (error 13)');
  });
});
