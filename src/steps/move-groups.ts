import { applyMoves, compareGroups, movesOf, type GroupComparison } from '../groups/compare-groups.ts';
import { partitionKey } from '../ports/kafka-cluster.ts';
import { counted } from '../shared/counted.ts';
import { GwctlError } from '../shared/errors.ts';
import { timeLimit } from '../shared/time-limit.ts';
import type { Step, StepContext, StepEvidence } from './step.ts';

const NAMED = 3;

/** Finds out before any client waits where groups would go on; while they wait, only those that have moved on since are looked at again. Writes nothing. */
export const translateGroups: Step<'translate-groups'> = {
  timeoutMs: (step) => step.timeoutMs + GRACE_MS,
  failure: 'refused',
  undo: 'nothing',
  apply: async (step, context) => {
    try {
      return summary(await compare(step.timeoutMs, false, context));
    } catch (reason) {
      context.note(`positions of groups: ${GwctlError.from(reason).message}`);
      return { groups: 0, positions: 0, exact: 0 };
    }
  },
};

/**
 * For what has moved since `translateGroups`; nothing of it has to succeed. Once the replicator writes no positions any more, those that are known exactly
 * are written already, so that little is left for when producers wait. A switch that is given up leaves them there: none is ahead of its group.
 */
export async function moveGroupsAhead(limitMs: number, context: StepContext): Promise<void> {
  const { world, plan, clock, note, signal } = context;
  const untilMs = clock.elapsedMs() + limitMs;
  const leftMs = (): number => Math.max(0, untilMs - clock.elapsedMs());
  try {
    const copying = world.takeover?.(plan.from, plan.to)?.copying;
    let comparison = await compare(limitMs, false, context);
    if (copying === undefined) return;
    const read = readUpTo(comparison);
    // Groups that keep up have read what the copier is about to write.
    if (read.size > 0 && (await copying.awaitEnds(read, AbortSignal.any([signal, timeLimit(leftMs() / 2)])).then(() => true, () => false))) comparison = await compare(leftMs(), false, context);
    const positions = comparison.positions.filter(({ basis }) => basis === 'exact');
    await world.clusters.get(plan.to)?.commitGroupOffsets(movesOf({ ...comparison, positions }));
  } catch (reason) {
    note(`positions of groups: ${GwctlError.from(reason).message}`);
  }
}

/** What groups have committed in partitions of which some position is not known exactly. */
function readUpTo({ positions }: GroupComparison): ReadonlyMap<string, bigint> {
  const ends = new Map<string, bigint>();
  for (const one of positions.filter(({ basis }) => basis === 'conservative')) {
    const end = ends.get(partitionKey(one));
    if (end === undefined || end < one.offset) ends.set(partitionKey(one), one.offset);
  }
  return ends;
}

/** The rest is for writing, and for reading back. */
const LOOKING_SHARE = 0.7;
/** What was started in time may take a moment to end. */
const GRACE_MS = 10_000;

/**
 * Every consumer group goes on at exactly its next record: what it has committed is translated, written to the target and read back. Nobody writes
 * to the source any more, and the target has every record (prove-tail). A position that cannot be translated stays as the replicator has
 * it: that re-reads some records, and skips none. A group never stops a switch.
 */
export const moveGroups: Step<'move-groups'> = {
  timeoutMs: (step) => step.timeoutMs,
  failure: 'failed',
  undo: 'nothing',
  apply: async (step, context) => {
    const { world, plan, note } = context;
    try {
      const comparison = await compare(step.timeoutMs * LOOKING_SHARE, true, context);
      const moves = movesOf(comparison);
      const refused = await applyMoves(world, plan.to, moves);
      for (const line of remarks(comparison)) note(line);
      if (refused.length > 0) note(`${counted(refused.length, 'position')} ${refused.length === 1 ? 'was' : 'were'} not taken by ${plan.to}: ${some(refused.map(({ group, topic, partition, why }) => `${group} in ${topic}-${partition}: ${why}`))}`);
      return { ...summary(comparison), written: moves.length - refused.length, refused: refused.length };
    } catch (reason) {
      note(`positions of groups are as MirrorMaker has them (${GwctlError.from(reason).message}): some records will be read again`);
      return { groups: 0, positions: 0, exact: 0 };
    }
  },
};

async function compare(limitMs: number, isFinal: boolean, { world, plan, clock, signal }: StepContext): Promise<GroupComparison> {
  const untilMs = clock.elapsedMs() + limitMs;
  return await compareGroups(world, plan, { isFinal, isLate: () => signal.aborted || clock.elapsedMs() > untilMs });
}

function summary({ positions, unread }: GroupComparison): StepEvidence {
  const inexact = positions.filter(({ basis }) => basis !== 'exact');
  return {
    groups: new Set(positions.map(({ group }) => group)).size,
    positions: positions.length,
    exact: positions.length - inexact.length,
    ...(inexact.length === 0 ? {} : { inexact: inexact.slice(0, NAMED).map(({ group, topic, partition, basis, why }) => ({ group, topic, partition, basis, why })) }),
    ...(unread.length === 0 ? {} : { unread: unread.length }),
  };
}

function remarks({ positions, unread }: GroupComparison): string[] {
  const inexact = positions.filter(({ basis }) => basis !== 'exact');
  return [
    ...(inexact.length === 0 ? [] : [`${inexact.length} of ${counted(positions.length, 'position')} of groups ${inexact.length === 1 ? 'is' : 'are'} not exact, some records will be read again: ${some(inexact.map(({ group, topic, partition, why }) => `${group} in ${topic}-${partition}: ${why}`))}`]),
    ...(unread.length === 0 ? [] : [`the offsets of ${counted(unread.length, 'group')} could not be read: ${some(unread.map(({ group, why }) => `${group}: ${why}`))}`]),
  ];
}

function some(items: readonly string[]): string {
  return `${items.slice(0, NAMED).join('; ')}${items.length > NAMED ? ` and ${items.length - NAMED} more` : ''}`;
}
