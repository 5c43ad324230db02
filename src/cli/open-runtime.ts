import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { CONFIG_FILE_NAME } from '../config/defaults.ts';
import { GATEWAY_NODE_FLAGS } from '../gateway/v8-flags.ts';
import type { Runtime } from '../ports/runtime.ts';
import type { CliContext } from './context.ts';
import type { GlobalOptions } from './global-options.ts';
import { openEnvironment, type Environment } from './open-environment.ts';

/** The environment that the global options name, and what owns its processes. `isForUp`: where docker or local is open, it is decided now. */
export async function openRuntime(globals: GlobalOptions, context: CliContext, { isForUp = false } = {}): Promise<Environment & { readonly runtime: Runtime }> {
  const [opened, { createRuntime }] = await Promise.all([openEnvironment(globals, context), import('../adapters/runtime/create-runtime.ts')]);
  const environment = isForUp ? await decideRuntime(opened, context) : opened;
  const runtime = createRuntime({ topology: environment.topology, environmentDir: environment.dir, env: context.env, gatewayCommand: (node) => gatewayCommand(node, globals, context) });
  return { ...environment, runtime: { ...runtime, up: (options) => runtime.up({ proveGateways: (signal) => proveGateways(environment, context, signal), findOpenRun: () => describeOpenRun(environment, context), ...options }) } };
}

async function decideRuntime(environment: Environment, { env, err, signal }: CliContext): Promise<Environment> {
  if (environment.topology.runtime !== 'auto') return environment;
  const { chooseRuntime } = await import('../adapters/runtime/docker/choose-runtime.ts');
  const { runtime, because } = await chooseRuntime(environment.topology, env, signal);
  err.write(`runtime ${runtime}: ${because}\n`);
  return { ...environment, topology: { ...environment.topology, runtime } };
}

/** "Healthy" is what a node says of itself; a record that was written and read through it is what counts. */
async function proveGateways({ topology, dir }: Environment, context: CliContext, signal: AbortSignal): Promise<void> {
  const [{ openWorld }, { systemClock: clock }, { findOpenRun }, { proveNodes }] = await Promise.all([import('../adapters/open-world.ts'), import('../adapters/clock/system-clock.ts'), import('../engine/open-run.ts'), import('./prove-nodes.ts')]);
  const { canary, world, close } = openWorld(topology, dir, context.env);
  const prove = async (): Promise<void> => void (await Promise.all(topology.gateways.map(({ name }) => canary.prove(name, `up/${name}/${Date.now()}`, signal))));
  try {
    await proveNodes({ prove, findOpenRun: () => findOpenRun(world), clock, signal });
  } finally {
    await close();
  }
}

/** The run that is not over, for people. Throws UNAVAILABLE when neither a cluster nor a node answers. */
async function describeOpenRun({ topology, dir }: Environment, context: CliContext): Promise<string | undefined> {
  const [{ openWorld }, { findOpenRun }] = await Promise.all([import('../adapters/open-world.ts'), import('../engine/open-run.ts')]);
  const { world, close } = openWorld(topology, dir, context.env);
  try {
    const run = await findOpenRun(world);
    return run === undefined ? undefined : `run ${run.runId}${run.by === undefined ? '' : ` of ${run.by}`} (${run.from} to ${run.to}) is open`;
  } finally {
    await close();
  }
}

/** This gwctl again, with the same environment, as one gateway node. Paths are absolute: the node has another working folder, without a ./gwctl.yaml. */
function gatewayCommand(node: string, { config, portOffset, stateDir }: GlobalOptions, { nodePath, entryPath, cwd }: CliContext): readonly string[] {
  const file = resolve(cwd, config ?? CONFIG_FILE_NAME);
  const configFlags = config !== undefined || existsSync(file) ? ['--config', file] : [];
  return [nodePath, ...GATEWAY_NODE_FLAGS, entryPath, 'gateway', '--node', node, ...configFlags, '--port-offset', `${portOffset}`, '--state-dir', stateDir];
}
