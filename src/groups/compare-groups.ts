import type { World } from '../checks/observe-world.ts';
import { replicatedTopics } from '../checks/replicated-topics.ts';
import { groupKey, type CommittedOffsets, type GroupOffset, type RefusedOffset } from '../ports/kafka-cluster.ts';
import { GwctlError } from '../shared/errors.ts';
import { GroupTranslator, type GroupPosition } from './group-translator.ts';

/** One group and partition: where it would go on, and what stands on the target now. */
export interface ComparedPosition extends GroupPosition {
  /** What the replicator, or somebody else, has written there; undefined: nothing. */
  readonly onTarget: bigint | undefined;
}

export interface GroupComparison {
  readonly from: string;
  readonly to: string;
  readonly positions: readonly ComparedPosition[];
  /** Groups of either cluster whose offsets cannot be read. */
  readonly unread: CommittedOffsets['unread'];
}

export interface Direction {
  readonly from: string;
  readonly to: string;
}

/** Where nobody waits, and while writes are held. */
const MOST_RECORDS = 100_000;
const MOST_IN_A_PAUSE = 10_000;

/** One for each world and direction, for as long as gwctl runs: what was found out before the pause need not be found out in it. */
const TRANSLATORS = new WeakMap<World, Map<string, GroupTranslator>>();

/** Looks at every group that has committed something in a replicated topic, or at one; changes nothing. Throws UNAVAILABLE. */
export async function compareGroups(world: World, { from, to }: Direction, { group, isFinal = false, isLate = () => false }: { readonly group?: string; readonly isFinal?: boolean; readonly isLate?: () => boolean } = {}): Promise<GroupComparison> {
  const source = world.clusters.get(from);
  const target = world.clusters.get(to);
  const link = world.topology.links.find((candidate) => candidate.from === from && candidate.to === to);
  if (source === undefined || target === undefined || link === undefined) throw new GwctlError('CHECK_FAILED', `nothing replicates ${from}->${to}: positions cannot be translated`, { hint: `add a link from ${from} to ${to} to gwctl.yaml` });
  const [description, here, there] = await Promise.all([source.describe(), source.groupOffsets({ isFinal }), target.groupOffsets()]);
  const topics = new Set(replicatedTopics(description, link).map(({ name }) => name));
  const wanted = here.offsets.filter((one) => topics.has(one.topic) && (group === undefined || one.group === group));
  const onTarget = new Map(there.offsets.map((one) => [groupKey(one), one.offset]));
  const positions = await translatorOf(world, { from, to }).translate(wanted, onTarget, { isLate, mostRecords: isFinal ? MOST_IN_A_PAUSE : MOST_RECORDS });
  return {
    from,
    to,
    positions: positions.map((one) => ({ ...one, onTarget: onTarget.get(groupKey(one)) })),
    unread: [...here.unread, ...there.unread].filter((one) => group === undefined || one.group === group),
  };
}

export interface GroupMove extends GroupOffset {
  /** What stands on the target until then; null: nothing. */
  readonly before: bigint | null;
}

/** What has to be written so that every group goes on where it should. */
export function movesOf({ positions }: GroupComparison): GroupMove[] {
  return positions.flatMap(({ group, topic, partition, metadata, resumesAt, onTarget }) => (resumesAt === undefined || resumesAt === onTarget ? [] : [{ group, topic, partition, metadata, offset: resumesAt, before: onTarget ?? null }]));
}

/** Writes them, reads them back, and tries once more where the replicator has written at the same moment. Answers with those that are not as they should be. */
export async function applyMoves(world: World, to: string, moves: readonly GroupOffset[]): Promise<readonly RefusedOffset[]> {
  const target = world.clusters.get(to);
  if (target === undefined) throw new GwctlError('INTERNAL', `no cluster ${to} in this world`);
  const refused = new Set((await target.commitGroupOffsets(moves)).map(groupKey));
  return refused.size === 0 ? [] : await target.commitGroupOffsets(moves.filter((one) => refused.has(groupKey(one))));
}

function translatorOf(world: World, { from, to }: Direction): GroupTranslator {
  const known = TRANSLATORS.get(world) ?? new Map<string, GroupTranslator>();
  TRANSLATORS.set(world, known);
  const source = world.clusters.get(from);
  const target = world.clusters.get(to);
  if (source === undefined || target === undefined) throw new GwctlError('INTERNAL', `no cluster ${from} or ${to} in this world`);
  const translator = known.get(`${from}->${to}`) ?? new GroupTranslator(source, target, world.replicator(from, to));
  known.set(`${from}->${to}`, translator);
  return translator;
}
