import { access, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { GwctlError } from '../shared/errors.ts';
import { readGwctlVersion } from '../shared/package.ts';
import { addOutputOption, setAction } from './command-action.ts';
import type { CliContext } from './context.ts';
import { mirrorProcessOf } from './mirror-process.ts';
import { openRuntime } from './open-runtime.ts';

interface DrillFlags {
  readonly up?: boolean;
  readonly down?: boolean;
  readonly report?: string;
  readonly output: 'text' | 'json';
}

/** `gwctl drill FILE…`: runs scenario files step by step, checks what each expects, and leaves a report with measured times. */
export function addDrillCommand(program: Command, context: CliContext): void {
  const command = program
    .command('drill')
    .description('run scenario files (scenarios/*.yaml): do each step, check what it expects, print measured times')
    .argument('<file...>', 'scenario files, run one after the other')
    .option('--up', 'bring the environment up first')
    .option('--down', 'when it is over, also after a failure, take down what --up brought up, and delete its data')
    .option('--report <file>', 'write the report to a file, as JSON');
  setAction<DrillFlags>(addOutputOption(command), context, async (flags, globals, files) => {
    if (flags.down === true && flags.up !== true) {
      throw new GwctlError('USAGE', '--down takes down what --up brought up, and --up is not given', { hint: 'add --up, or end the environment yourself with `gwctl down -v`' });
    }
    const [{ topology, dir, runtime }, { openWorld }, { clusterAccess }, { resolveSecret }, { systemClock }, { loadScenarios }, { runDrill }, { drillOnTerminal, renderDrill }, { createProgress }, { createPalette }, { renderJson, writeJson }] = await Promise.all([
      openRuntime(globals, context, { isForUp: flags.up === true }),
      import('../adapters/open-world.ts'),
      import('../config/cluster-access.ts'),
      import('../config/resolve-secret.ts'),
      import('../adapters/clock/system-clock.ts'),
      import('../drill/load-scenarios.ts'),
      import('../drill/run-drill.ts'),
      import('../report/drill.ts'),
      import('../report/progress.ts'),
      import('../report/palette.ts'),
      import('../report/json.ts'),
    ]);
    const scenarios = await loadScenarios(files, topology, context.cwd);
    const reportFile = flags.report === undefined ? undefined : resolve(context.cwd, flags.report);
    if (reportFile !== undefined && !(await exists(dirname(reportFile)))) throw new GwctlError('USAGE', `--report: the folder of ${flags.report ?? ''} does not exist`);
    const progress = createProgress(context);
    try {
      const { report, error } = await runDrill({
        scenarios,
        runtime,
        openWorld: () => openWorld(topology, dir, context.env, mirrorProcessOf(topology.runtime, async () => runtime)),
        environment: {
          name: topology.name,
          portOffset: topology.portOffset,
          runtime: topology.runtime,
          kafkaVersions: Object.fromEntries(topology.clusters.map(({ name, kafkaVersion }) => [name, kafkaVersion])),
          gateways: topology.gateways.map(({ name }) => name),
        },
        environmentDir: dir,
        admin: { username: topology.gateway.adminUsername, password: resolveSecret(topology.gateway.adminPassword, dir, context.env) },
        clusterAccess: new Map(topology.clusters.map((cluster) => [cluster.name, clusterAccess(cluster, dir, context.env)])),
        gwctlVersion: readGwctlVersion(),
        clock: systemClock,
        signal: context.signal,
        isUp: flags.up === true,
        isDown: flags.down === true,
        hasData: await exists(join(dir, ENVIRONMENT_MARKER)),
        progress,
        tell: drillOnTerminal(progress, context.err, createPalette(context.isTerminal.err, context.env)),
      });
      progress.stop();
      if (reportFile !== undefined) await writeFile(reportFile, `${renderJson(report)}\n`);
      if (flags.output === 'json') {
        writeJson(context.out, report);
        return error?.exitCode ?? 0;
      }
      context.out.write(renderDrill(report, createPalette(context.isTerminal.out, context.env)));
      if (error !== undefined) throw error;
      return 0;
    } finally {
      progress.stop();
    }
  });
}

/** What `up` writes into a folder that it made (adapters/runtime). */
const ENVIRONMENT_MARKER = 'environment.json';

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
