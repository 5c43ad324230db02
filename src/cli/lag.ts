import type { Command } from 'commander';
import { addOutputOption, setAction } from './command-action.ts';
import type { CliContext } from './context.ts';
import { withWorld } from './with-world.ts';

interface LagOptions {
  readonly to?: string;
  readonly all?: boolean;
  readonly output: 'text' | 'json';
}

/** `gwctl lag`: how far the target is behind, for each partition. */
export function addLagCommand(program: Command, context: CliContext): void {
  const command = program
    .command('lag')
    .description('show what is not replicated yet, by topic and partition, in records and seconds')
    .option('--to <cluster>', 'the replica (default: the cluster that is not active)')
    .option('--all', 'list the partitions with nothing missing, too');
  setAction<LagOptions>(addOutputOption(command), context, async ({ to, all, output }, globals) =>
    withWorld(globals, context, async ({ world, clock, topology }) => {
      const [{ observeWorld }, { noActiveCluster }, { totalLag }, { renderLag }, { createPalette }, { writeJson }, { clusterNamed }, { GwctlError }] = await Promise.all([
        import('../checks/observe-world.ts'),
        import('../checks/no-active-cluster.ts'),
        import('../checks/observation.ts'),
        import('../report/lag.ts'),
        import('../report/palette.ts'),
        import('../report/json.ts'),
        import('../topology/lookup.ts'),
        import('../shared/errors.ts'),
      ]);
      if (to !== undefined) clusterNamed(topology, to);
      const seen = await observeWorld(world, to, clock);
      if (seen.active === undefined) throw noActiveCluster(seen.nodes.flatMap(({ name, state }) => (state.ok ? [] : [{ name, ...state }])));
      if (seen.lag === undefined) throw new GwctlError('CHECK_FAILED', `nothing replicates ${seen.active}->${seen.to}: there is no lag to measure`, { hint: `add a link from ${seen.active} to ${seen.to} to gwctl.yaml` });
      if (!seen.lag.ok) throw new GwctlError('CHECK_FAILED', `the lag is not known: ${seen.lag.why}`, { hint: seen.lag.hint ?? 'look at both clusters with `gwctl status`' });
      const lag = seen.lag.value;
      if (output === 'json') {
        const { records, seconds } = totalLag(lag);
        writeJson(context.out, { at: seen.at, link: lag.link, lagRecords: records, lagSeconds: seconds, partitions: lag.partitions.map((partition) => ({ ...partition, replicated: partition.replicated ?? null })) });
      } else context.out.write(renderLag(lag, seen.at, all === true, createPalette(context.isTerminal.out, context.env)));
      return 0;
    }),
  );
}
