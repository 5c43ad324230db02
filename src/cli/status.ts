import type { Command } from 'commander';
import { addOutputOption, setAction } from './command-action.ts';
import type { CliContext } from './context.ts';
import { openRuntime } from './open-runtime.ts';
import { withWorld } from './with-world.ts';

interface StatusOptions {
  readonly watch?: boolean;
  readonly output: 'text' | 'json';
}

const WATCH_MS = 1000;
const CLEAR_SCREEN = '\u001b[2J\u001b[H';

/** `gwctl status [--watch]`: one screen about everything; exit 0 when it could be shown, whatever it shows. */
export function addStatusCommand(program: Command, context: CliContext): void {
  const command = program.command('status').description('show clusters, gateways, replication lag, and whether a switch would be allowed now').option('-w, --watch', 'show it again every second, until Ctrl-C');
  setAction<StatusOptions>(addOutputOption(command), context, async ({ watch, output }, globals) =>
    withWorld(globals, context, async ({ world, clock }) => {
      const [{ observeWorld }, { runChecks }, { PLANNED_CHECKS }, { renderStatus }, { createPalette }, { writeJson }, { runtime }] = await Promise.all([
        import('../checks/observe-world.ts'),
        import('../checks/check.ts'),
        import('../checks/all-checks.ts'),
        import('../report/status.ts'),
        import('../report/palette.ts'),
        import('../report/json.ts'),
        openRuntime(globals, context),
      ]);
      for (;;) {
        const [seen, components] = await Promise.all([observeWorld(world, undefined, () => clock.now()), runtime.observe()]);
        const checks = runChecks(PLANNED_CHECKS, seen);
        if (output === 'json') {
          const { at, nodes, active, generation, to, lag } = seen;
          const clusters = Object.fromEntries([...seen.clusters].map(([name, view]) => [name, view.ok ? { brokers: view.value.description.brokers, topics: view.value.description.topics.length } : { error: view.why }]));
          const gateways = nodes.map(({ name, state }) => (state.ok ? state.value : { node: name, error: state.why }));
          writeJson(context.out, { at, active: active ?? null, generation: generation ?? null, to, clusters, gateways, components, lag: lag?.ok === true ? lag.value.partitions : null, ready: checks.every(({ status }) => status !== 'fail'), checks });
        } else {
          if (watch === true && context.isTerminal.out) context.out.write(CLEAR_SCREEN);
          context.out.write(renderStatus(seen, components, checks, createPalette(context.isTerminal.out, context.env)));
        }
        if (watch !== true) return 0;
        await clock.sleep(WATCH_MS, context.signal);
      }
    }),
  );
}
