import type { UpOptions, UpResult } from '../../ports/runtime.ts';
import { GwctlError } from '../../shared/errors.ts';
import { awaitReadiness } from './await-readiness.ts';
import { assertPortsFree } from './check-ports.ts';
import { componentsOf } from './component.ts';
import { writeEnvironmentRecord } from './environment-marker.ts';
import { type LaunchContext, writeEnvironmentFiles } from './launch.ts';
import { observeComponent, observeComponents } from './observe-components.ts';
import { startPhaseClock } from './phases.ts';
import { createSupervisor } from './supervise.ts';
import { prepareToolchain } from './toolchain.ts';
import { isToStart, type UpRun } from './up-run.ts';

/** Brings an environment up. The caller holds its lock. Nothing is started when a port is taken or the machine lacks something. */
export async function bringUp(context: LaunchContext, options: UpOptions): Promise<UpResult> {
  const { topology, environmentDir } = context;
  const clock = startPhaseClock();
  const startedAtMs = Date.now();
  const wanted = await findWanted(context, options);
  await clock.time('ports', () => assertPortsFree(wanted.filter(isToStart).map(({ component }) => component)));
  const withSchemaRegistry = wanted.some(({ component }) => component.kind === 'schema-registry');
  const toolchain = await clock.time('toolchain', () => prepareToolchain({ topology, env: context.env, progress: options.progress, withSchemaRegistry, signal: options.signal }));
  await clock.time('files', async () => {
    await writeEnvironmentRecord(environmentDir, topology, { runtime: 'local', stack: 'gwctl' });
    await writeEnvironmentFiles(context, toolchain);
  });

  const supervisor = createSupervisor();
  try {
    await awaitReadiness({ context, options, clock, toolchain, supervisor, wanted, startedAtMs });
  } catch (reason) {
    if (!options.signal.aborted) throw reason;
    throw new GwctlError('INTERRUPTED', `${GwctlError.from(options.signal.reason).message}; what was started goes on running`, { hint: '`gwctl up` goes on from here, `gwctl down` ends it' });
  } finally {
    supervisor.release();
  }
  return { phases: clock.phases(), totalMs: clock.totalMs(), components: await observeComponents(topology, environmentDir) };
}

async function findWanted({ topology, environmentDir }: LaunchContext, { withGateways, withSchemaRegistry }: UpOptions): Promise<UpRun['wanted']> {
  const enabled = { ...topology, schemaRegistry: { ...topology.schemaRegistry, enabled: topology.schemaRegistry.enabled || withSchemaRegistry } };
  const components = componentsOf(enabled, environmentDir).filter(({ kind }) => withGateways || kind !== 'gateway');
  return Promise.all(components.map(async (component) => ({ component, found: await observeComponent(component) })));
}
