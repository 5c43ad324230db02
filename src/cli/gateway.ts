import { fork } from 'node:child_process';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { GatewayNode } from '../gateway/gateway-node.ts';
import { GATEWAY_NODE_FLAGS, optimiseEarly } from '../gateway/v8-flags.ts';
import { GwctlError } from '../shared/errors.ts';
import { setAction } from './command-action.ts';
import type { CliContext } from './context.ts';
import type { GlobalOptions } from './global-options.ts';
import { openEnvironment } from './open-environment.ts';

interface GatewayOptions {
  readonly node: string;
  readonly worker?: string;
}

/** `gwctl gateway --node NAME`: runs one node in the foreground until SIGTERM. */
export function addGatewayCommand(program: Command, context: CliContext): void {
  const command = program
    .command('gateway')
    .description('run one gateway node in the foreground, until Ctrl-C or SIGTERM (`up` starts all of them)')
    .requiredOption('--node <name>', 'a name under gateways in gwctl.yaml (required)')
    // How a node of several processes starts its workers; it says in `ps` what they are.
    .addOption(new Option('--worker <number>').hideHelp());
  setAction<GatewayOptions>(command, context, async ({ node, worker }, globals) => {
    optimiseEarly();
    return worker === undefined ? await runNode(node, globals, context) : await runWorker(context);
  });
}

async function runNode(name: string, globals: GlobalOptions, context: CliContext): Promise<number> {
  const [{ httpGatewayAdmin }, { startGatewayNode }, { startAdminServer }, { createLog }, { DISABLED_GUARDS_VARIABLE, parseDisabledGuards }, { readServerTls }, { resolveSecret }, { clusterAccess }, { gatewayNamed, primaryOf }, { topology, dir }] = await Promise.all([
    import('../adapters/gateway-admin/http-gateway-admin.ts'),
    import('../gateway/gateway-node.ts'),
    import('../gateway/admin/admin-server.ts'),
    import('../gateway/log.ts'),
    import('../gateway/guards.ts'),
    import('../gateway/listening/server-tls.ts'),
    import('../config/resolve-secret.ts'),
    import('../config/cluster-access.ts'),
    import('../topology/lookup.ts'),
    openEnvironment(globals, context),
  ]);
  const node = gatewayNamed(topology, name);
  const adminPassword = resolveSecret(topology.gateway.adminPassword, dir, context.env);
  const log = createLog((line) => void context.err.write(line), { format: topology.gateway.logFormat, common: { node: name } });
  const gateway = await startGatewayNode({
    node,
    settings: topology.gateway,
    clusters: topology.clusters,
    clusterAccess: new Map(topology.clusters.map((cluster) => [cluster.name, clusterAccess(cluster, dir, context.env)])),
    primary: primaryOf(topology).name,
    tokenKeys: [topology.gateway.tokenKey, ...(topology.gateway.olderTokenKeys ?? [])].map((secret) => resolveSecret(secret, dir, context.env)),
    memoryFile: join(dir, name, 'active.json'),
    log,
    peers: topology.gateways.filter((other) => other !== node).map((other) => httpGatewayAdmin(other, { username: topology.gateway.adminUsername, password: adminPassword })).map((peer) => (signal) => peer.state(signal)),
    disabledGuards: parseDisabledGuards(context.env[DISABLED_GUARDS_VARIABLE]),
    forkWorker: (number) =>
      fork(context.entryPath, ['gateway', '--node', name, '--worker', `${number}`], { execPath: context.nodePath, execArgv: [...GATEWAY_NODE_FLAGS], serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }),
  });
  const admin = await startAdminServer(gateway, {
    host: node.admin.host,
    port: node.admin.port,
    username: topology.gateway.adminUsername,
    password: adminPassword,
    ...(node.admin.tls === undefined ? {} : { tls: readServerTls(node.admin.tls) }),
  }).catch(async (reason: unknown) => {
    await gateway.close();
    throw reason;
  });
  const failure = await endOf(gateway, context.signal);
  log.info('stopping');
  await admin.close();
  await gateway.close();
  if (failure !== undefined) throw failure;
  return 0;
}

/** undefined: somebody asked it to stop. */
async function endOf(gateway: GatewayNode, signal: AbortSignal): Promise<GwctlError | undefined> {
  const asked = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  return await Promise.race([asked, gateway.failed]);
}

/** Ends with its primary and not before: a Ctrl-C reaches both, and it is the primary that stops in good order. */
async function runWorker({ parent, err }: CliContext): Promise<number> {
  if (parent === undefined) throw new GwctlError('USAGE', '--worker is for the workers that a gateway node starts by itself: say workers in gwctl.yaml');
  const [{ serveAsWorker }, { createLog }] = await Promise.all([import('../gateway/workers/serve-as-worker.ts'), import('../gateway/log.ts')]);
  await serveAsWorker(parent, ({ node, number, settings }) => createLog((line) => void err.write(line), { format: settings.logFormat, common: { node: node.name, worker: number } }));
  return 0;
}
