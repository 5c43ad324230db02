import { join } from 'node:path';
import type { Command } from 'commander';
import { setAction } from './command-action.ts';
import type { CliContext } from './context.ts';
import { openEnvironment } from './open-environment.ts';

interface GatewayOptions {
  readonly node: string;
}

/** `gwctl gateway --node NAME`: runs one node in the foreground until SIGTERM. */
export function addGatewayCommand(program: Command, context: CliContext): void {
  const command = program
    .command('gateway')
    .description('run one gateway node in the foreground, until Ctrl-C or SIGTERM (`up` starts all of them)')
    .requiredOption('--node <name>', 'a name under gateways in gwctl.yaml (required)');
  setAction<GatewayOptions>(command, context, async ({ node: name }, globals) => {
    const [{ startGatewayNode }, { startAdminServer }, { createLog }, { DISABLED_GUARDS_VARIABLE, parseDisabledGuards }, { readServerTls }, { resolveSecret }, { clusterAccess }, { gatewayNamed, primaryOf }, { topology, dir }] = await Promise.all([
      import('../gateway/gateway-node.ts'),
      import('../gateway/admin-server.ts'),
      import('../gateway/log.ts'),
      import('../gateway/guards.ts'),
      import('../gateway/server-tls.ts'),
      import('../config/resolve-secret.ts'),
      import('../config/cluster-access.ts'),
      import('../topology/lookup.ts'),
      openEnvironment(globals, context),
    ]);
    const node = gatewayNamed(topology, name);
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
      disabledGuards: parseDisabledGuards(context.env[DISABLED_GUARDS_VARIABLE]),
    });
    const admin = await startAdminServer(gateway, {
      host: node.admin.host,
      port: node.admin.port,
      username: topology.gateway.adminUsername,
      password: resolveSecret(topology.gateway.adminPassword, dir, context.env),
      ...(node.admin.tls === undefined ? {} : { tls: readServerTls(node.admin.tls) }),
    });
    await new Promise<void>((resolve) => {
      if (context.signal.aborted) resolve();
      else context.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    log.info('stopping');
    await admin.close();
    await gateway.close();
    return 0;
  });
}
