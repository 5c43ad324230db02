import type { Command } from 'commander';
import type { CheckReport } from '../checks/check.ts';
import type { Observation } from '../checks/observation.ts';
import type { OpenRun } from '../engine/open-run.ts';
import type { ComponentStatus } from '../ports/runtime.ts';
import { nodesWithout } from '../shared/gateway-driver.ts';
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

/** `gwctl status [--watch]`: one screen about everything; exit 0 when it could be shown, whatever it shows. With `--watch` JSON is one line a second. */
export function addStatusCommand(program: Command, context: CliContext): void {
  const command = program.command('status').description('show clusters, gateways, replication lag, open runs, and whether a switch would be allowed now').option('-w, --watch', 'show it again every second, until Ctrl-C');
  setAction<StatusOptions>(addOutputOption(command), context, async ({ watch = false, output }, globals) =>
    withWorld(globals, context, async ({ world, clock, topology }) => {
      const [{ observeWorld }, { runChecks }, { PLANNED_CHECKS }, { tellingGateways }, { commandsToEnd, openRunIn }, { renderStatus }, { createPalette }, { writeJson, writeJsonLine }, { runtime }] = await Promise.all([
        import('../checks/observe-world.ts'),
        import('../checks/check.ts'),
        import('../checks/all-checks.ts'),
        import('../checks/telling-gateways.ts'),
        import('../engine/open-run.ts'),
        import('../report/status.ts'),
        import('../report/palette.ts'),
        import('../report/json.ts'),
        openRuntime(globals, context),
      ]);
      for (;;) {
        const [seen, components] = await Promise.all([observeWorld(world, undefined, clock), runtime.observe()]);
        const checks = runChecks(PLANNED_CHECKS, seen);
        const logs = new Map([...seen.stateLogs].map(([name, log]) => [name, log.ok ? log.value : undefined]));
        const telling = tellingGateways(world).map(({ node }) => node);
        const run = openRunIn(logs, seen.nodes.flatMap(({ name, state }) => (state.ok && telling.includes(name) ? [state.value] : [])), topology);
        if (output === 'json') (watch ? writeJsonLine : writeJson)(context.out, asData(seen, components, checks, run, run === undefined ? [] : commandsToEnd(run)));
        else {
          if (watch && context.isTerminal.out) context.out.write(CLEAR_SCREEN);
          context.out.write(renderStatus(seen, components, checks, run, createPalette(context.isTerminal.out, context.env)));
        }
        if (!watch) return 0;
        await clock.sleep(WATCH_MS, context.signal);
      }
    }),
  );
}

function asData(seen: Observation, components: readonly ComponentStatus[], checks: readonly CheckReport[], run: OpenRun | undefined, commands: readonly string[]) {
  const { at, nodes, active, generation, to, lag } = seen;
  const clusters = Object.fromEntries([...seen.clusters].map(([name, view]) => [name, view.ok ? { brokers: view.value.description.brokers, topics: view.value.description.topics.length } : { error: view.why }]));
  const seenOnly = nodesWithout('tellsState', seen.topology.gateways);
  const gateways = nodes.map(({ name, state }) => (!state.ok ? { node: name, error: state.why } : seenOnly.includes(name) ? { node: name, active: state.value.active, provenBy: 'a record through it' } : state.value));
  const isReady = run === undefined && checks.every(({ status }) => status !== 'fail');
  return { at, active: active ?? null, generation: generation ?? null, to, clusters, gateways, components, lag: lag?.ok === true ? lag.value.partitions : null, openRun: run === undefined ? null : describe(run, commands), ready: isReady, checks };
}

function describe({ runId, by, generation, from, to, isCommitted, leaseUntil }: OpenRun, commands: readonly string[]) {
  return { runId, by: by ?? null, generation, from, to, isCommitted, leaseUntil: leaseUntil ?? null, commands };
}
