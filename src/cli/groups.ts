import type { Command } from 'commander';
import { GwctlError } from '../shared/errors.ts';
import type { RefusedOffset } from '../ports/kafka-cluster.ts';
import { addOutputOption, setAction } from './command-action.ts';
import type { CliContext } from './context.ts';
import { withWorld, type Opened } from './with-world.ts';
import { counted } from '../shared/counted.ts';

interface GroupsOptions {
  readonly to?: string;
  readonly group?: string;
  readonly apply?: boolean;
  readonly undo?: string;
  readonly output: 'text' | 'json';
}

const NAMED = 3;

/** `gwctl groups`: where each consumer group would go on; `--apply` writes it to the target, `--undo` takes that back. */
export function addGroupsCommand(program: Command, context: CliContext): void {
  const command = program
    .command('groups')
    .description('show where each consumer group would go on on another cluster, and how many records it would read again')
    .option('--to <cluster>', 'the cluster that they would go on on (default: the one that is not active)')
    .option('--group <id>', 'this group alone, by the name that it has on the cluster')
    .option('--apply', 'write it to that cluster, and a file that undoes it')
    .option('--undo <file>', 'put back what stood there before an --apply');
  setAction<GroupsOptions>(addOutputOption(command), context, async (options, globals) =>
    withWorld(globals, context, async (opened) => {
      if (options.undo === undefined) return await showOrApply(options, opened, context);
      if (options.apply === true || options.to !== undefined || options.group !== undefined) throw new GwctlError('USAGE', '--undo takes everything from its file: no --apply, --to or --group beside it');
      return await undo(options.undo, options.output, opened, context);
    }),
  );
}

async function showOrApply(options: GroupsOptions, { world, topology, clock, dir }: Opened, context: CliContext): Promise<number> {
  const [{ activeCluster }, { applyMoves, compareGroups, movesOf }, { measureDistances }, { writeUndoFile }, { renderGroups }, { createPalette }, { writeJson }, { clusterNamed }] = await Promise.all([
    import('../checks/active-cluster.ts'),
    import('../groups/compare-groups.ts'),
    import('../groups/measure-distance.ts'),
    import('../groups/undo-file.ts'),
    import('../report/groups.ts'),
    import('../report/palette.ts'),
    import('../report/json.ts'),
    import('../topology/lookup.ts'),
  ]);
  if (options.to !== undefined) clusterNamed(topology, options.to);
  const from = await activeCluster(world);
  const to = options.to ?? topology.clusters.find(({ name }) => name !== from)?.name ?? '';
  const target = world.clusters.get(to);
  if (from === to || target === undefined) throw new GwctlError('USAGE', `${to} is active: its groups go on where they are`, { hint: 'name another cluster with --to' });
  const comparison = await compareGroups(world, { from, to }, options.group === undefined ? {} : { group: options.group });
  const positions = await measureDistances(target, comparison.positions);
  let written: { count: number; undoFile: string | null } | undefined;
  if (options.apply === true) {
    const moves = movesOf(comparison);
    await refuseActive(await target.activeGroups(), moves, to);
    const record = moves.map(({ offset, ...move }) => ({ ...move, written: offset }));
    const undoFile = moves.length === 0 ? null : await writeUndoFile(dir, { cluster: to, at: clock.now().toISOString(), by: world.operator, offsets: record });
    refuseSome(await applyMoves(world, to, moves), moves.length, to, undoFile);
    written = { count: moves.length, undoFile };
  }
  if (options.output === 'json') writeJson(context.out, { at: clock.now(), from, to, positions: positions.map((one) => ({ ...one, onTarget: one.onTarget ?? null, resumesAt: one.resumesAt ?? null, rereads: one.rereads ?? null, skips: 0 })), unread: comparison.unread, written: written?.count ?? null, undoFile: written?.undoFile ?? null });
  else {
    context.out.write(renderGroups(comparison, positions, createPalette(context.isTerminal.out, context.env)));
    if (written !== undefined) context.out.write(written.undoFile === null ? `nothing had to be written: ${to} has it all\n` : `wrote ${counted(written.count, 'position')} to ${to} and read them back; undo with: gwctl groups --undo ${written.undoFile}\n`);
  }
  return 0;
}

/** A broker would refuse these: their members decide. */
async function refuseActive(active: readonly string[], moves: readonly { readonly group: string }[], to: string): Promise<void> {
  const busy = [...new Set(moves.map(({ group }) => group))].filter((group) => active.includes(group));
  if (busy.length === 0) return;
  throw new GwctlError('CHECK_FAILED', `nothing was written: ${counted(busy.length, 'group')} ${busy.length === 1 ? 'has' : 'have'} members on ${to}: ${busy.slice(0, NAMED).join(', ')}`, { hint: `stop these consumers, which bypass the gateway, or write the others one by one with --group` });
}

function refuseSome(refused: readonly RefusedOffset[], count: number, to: string, undoFile: string | null): void {
  const [first] = refused;
  if (first === undefined) return;
  throw new GwctlError('NEEDS_OPERATOR', `${to} did not take ${refused.length} of ${counted(count, 'position')}: ${refused.slice(0, NAMED).map(({ group, topic, partition, why }) => `${group} in ${topic}-${partition}: ${why}`).join('; ')}`, { hint: `the others are written; gwctl groups --undo ${undoFile ?? '?'} puts them back` });
}

async function undo(file: string, output: GroupsOptions['output'], { world }: Opened, context: CliContext): Promise<number> {
  const [{ activeCluster }, { readUndoFile }, { undoMoves }, { writeJson }] = await Promise.all([import('../checks/active-cluster.ts'), import('../groups/undo-file.ts'), import('../groups/undo-moves.ts'), import('../report/json.ts')]);
  const record = await readUndoFile(file);
  const cluster = world.clusters.get(record.cluster);
  if (cluster === undefined) throw new GwctlError('USAGE', `${file} is about ${record.cluster}, which is no cluster of this environment`);
  if ((await activeCluster(world)) === record.cluster) throw new GwctlError('CHECK_FAILED', `${record.cluster} is active by now, and its groups have gone on there: nothing was changed`);
  const { restored, movedOn, refused } = await undoMoves(cluster, record.offsets);
  refuseSome(refused, record.offsets.length, record.cluster, file);
  if (output === 'json') writeJson(context.out, { cluster: record.cluster, restored, movedOn });
  else context.out.write(`put back ${counted(restored, 'position')} on ${record.cluster}${movedOn.length === 0 ? '' : `; ${movedOn.length} have moved on since and were left`}\n`);
  return 0;
}
