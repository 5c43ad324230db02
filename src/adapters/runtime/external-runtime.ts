import { clusterAccess } from '../../config/cluster-access.ts';
import type { Runtime, UpOptions, UpResult } from '../../ports/runtime.ts';
import { GwctlError } from '../../shared/errors.ts';
import { awaitGateway, awaitMembership, withClient } from './await-ready.ts';
import type { LaunchContext } from './launch.ts';
import { startPhaseClock } from './phases.ts';
import { runTogether } from './run-together.ts';

/** The runtime of an environment that others operate: `up` only checks that clusters and gateways answer; gwctl owns no process. */
export function createExternalRuntime(context: Pick<LaunchContext, 'topology' | 'environmentDir' | 'env'>): Runtime {
  return {
    up: (options) => check(context, options),
    down: async () => ({ stopped: [], totalMs: 0 }),
    observe: async () => [],
    start: refuse,
    stop: refuse,
    kill: refuse,
  };
}

async function check({ topology, environmentDir, env }: Pick<LaunchContext, 'topology' | 'environmentDir' | 'env'>, { progress, signal, withGateways, proveGateways }: UpOptions): Promise<UpResult> {
  const clock = startPhaseClock();
  const tasks = topology.clusters.map((cluster) => async (inner: AbortSignal) => {
    const item = progress.start(cluster.name);
    await clock.time(`${cluster.name} answers`, () => withClient(cluster, (client) => awaitMembership(cluster, client, inner, (text) => item.note(text)), clusterAccess(cluster, environmentDir, env)));
    item.done('answers with all its brokers');
  });
  const gateways = (withGateways ? topology.gateways : []).map((node) => async (inner: AbortSignal) => {
    const item = progress.start(node.name);
    await clock.time(`${node.name} healthy`, () => awaitGateway(node, inner));
    item.done('healthy');
  });
  await runTogether(signal, [...tasks, ...gateways]);
  if (withGateways) await proveGateways?.(signal);
  return { phases: clock.phases(), totalMs: clock.totalMs(), components: [] };
}

async function refuse(component: string): Promise<never> {
  throw new GwctlError('USAGE', `${component} is not a process of gwctl (runtime: external)`, { hint: 'start and stop it where it runs' });
}
