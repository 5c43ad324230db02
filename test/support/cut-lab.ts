import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { startCutProxy, type CutProxy } from './cut-proxy.ts';
import { reserveEnvironment, type RunningGwctl, type TestEnvironment } from './environment.ts';
import { awaitCondition, openKillLab, SMALL_KILL_CONFIG, type KillLab } from './kill-lab.ts';
import { readNodeState } from './service-account.ts';

export const CUTS = ['gwctl-gateway1', 'gateway1-main', 'gateway1-failover'] as const;
export type Cut = (typeof CUTS)[number];

/** A lab in which gwctl reaches gateway1, and gateway1 each cluster, through a network that can be cut. */
export interface CutLab extends KillLab {
  readonly networks: Readonly<Record<Cut, CutProxy>>;
}

/** The brokers have a second listener whose advertised address is the proxy: whoever comes in there stays behind it. */
const CUT_LISTENER_DISTANCE = 5;
const LISTEN_MS = 60_000;
const NODE_LIFE_MS = 3_600_000;

export async function openCutLab(): Promise<CutLab> {
  const environment = await reserveEnvironment(SMALL_KILL_CONFIG);
  const { portOffset, stateDir, topology } = environment;
  const [gateway1] = topology.gateways;
  if (gateway1 === undefined) throw new Error('no gateway');
  const portOf = (cluster: string): number => topology.clusters.find(({ name }) => name === cluster)?.brokers[0]?.port ?? 0;
  const toCluster = (cluster: string): Promise<CutProxy> => startCutProxy({ host: '127.0.0.1', port: portOf(cluster) + CUT_LISTENER_DISTANCE });
  const [admin, main, failover] = await Promise.all([startCutProxy(gateway1.admin), toCluster('main'), toCluster('failover')]);
  const networks = { 'gwctl-gateway1': admin, 'gateway1-main': main, 'gateway1-failover': failover };

  const file = parse(await readFile(join(stateDir, 'gwctl.yaml'), 'utf8')) as ConfigText;
  const clusters = Object.fromEntries(Object.entries({ main, failover }).map(([name, { port }]) => [name, { ...file.clusters[name], config: listenersOf(topology.clusters.find((cluster) => cluster.name === name)?.brokers[0], port) }]));
  await writeFile(join(stateDir, 'gwctl.yaml'), stringify({ ...file, clusters }));
  const forNode = join(stateDir, 'node.yaml');
  await writeFile(forNode, stringify({ ...file, runtime: 'external', clusters: { main: { role: 'primary', bootstrap: `localhost:${main.port}` }, failover: { role: 'failover', bootstrap: `localhost:${failover.port}` } } }));
  const forGwctl = join(stateDir, 'gwctl-cut.yaml');
  await writeFile(forGwctl, stringify({ ...file, clusters, gateways: { ...file.gateways, gateway1: { ...file.gateways['gateway1'], adminPort: admin.port - portOffset } } }));

  const nodes: RunningGwctl[] = [];
  const stop = async (): Promise<void> => {
    for (const node of nodes) node.signal('SIGTERM');
    await Promise.all(nodes.map(({ result }) => result));
    await Promise.all(Object.values(networks).map((network) => network.close()));
  };
  try {
    const lab = await openKillLab({ flags: ['--config', forGwctl], start: async () => {
      const { exitCode, stderr } = await environment.gwctl(['up', '--no-gateways']);
      if (exitCode !== 0) throw new Error(`gwctl up: exit ${exitCode}\n${stderr}`);
      nodes.push(startNode(environment, 'gateway1', ['--config', forNode]), startNode(environment, 'gateway2', []));
      for (const name of ['gateway1', 'gateway2']) await awaitCondition(LISTEN_MS, `${name} answers`, () => readNodeState(environment, name).then(() => true, () => false));
      return environment;
    } });
    return {
      ...lab,
      networks,
      dispose: async () => {
        await lab.probe.stop();
        await stop();
        await environment.dispose();
      },
    };
  } catch (reason) {
    await stop();
    await environment.dispose().catch(() => {});
    throw reason;
  }
}

/** A gateway node that the test runs itself, and that `gwctl up` knows nothing of. */
export function startNode(environment: TestEnvironment, name: string, flags: readonly string[], entry?: string, env: Readonly<Record<string, string>> = {}): RunningGwctl {
  return environment.startGwctl(['gateway', '--node', name, ...flags], { timeoutMs: NODE_LIFE_MS, env, ...(entry === undefined ? {} : { entry }) });
}

interface ConfigText {
  readonly clusters: Readonly<Record<string, object>>;
  readonly gateways: Readonly<Record<string, object>>;
}

function listenersOf(broker: { readonly port: number; readonly controllerPort: number } | undefined, proxyPort: number): Record<string, string> {
  const { port = 0, controllerPort = 0 } = broker ?? {};
  return {
    listeners: `CLIENT://127.0.0.1:${port},CUT://127.0.0.1:${port + CUT_LISTENER_DISTANCE},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `CLIENT://localhost:${port},CUT://localhost:${proxyPort}`,
    'listener.security.protocol.map': 'CLIENT:PLAINTEXT,CUT:PLAINTEXT,CONTROLLER:PLAINTEXT',
  };
}
