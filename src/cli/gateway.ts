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
    .description('run one node of the gateway in the foreground')
    .requiredOption('--node <name>', 'which gateway of the topology this is');
  setAction<GatewayOptions>(command, context, async ({ node: name }, globals) => {
    const [{ startGatewayNode }, { startAdminServer }, { createLog }, { resolveSecret }, { gatewayNamed, primaryOf }, { topology, dir }] = await Promise.all([
      import('../gateway/gateway-node.ts'),
      import('../gateway/admin-server.ts'),
      import('../gateway/log.ts'),
      import('../config/resolve-secret.ts'),
      import('../topology/lookup.ts'),
      openEnvironment(globals, context),
    ]);
    const node = gatewayNamed(topology, name);
    const log = createLog((line) => void context.err.write(line), { node: name });
    const gateway = await startGatewayNode({
      node,
      settings: topology.gateway,
      clusters: topology.clusters,
      primary: primaryOf(topology).name,
      tokenKey: resolveSecret(topology.gateway.tokenKey, dir, context.env),
      memoryFile: join(dir, name, 'active.json'),
      log,
    });
    const admin = await startAdminServer(gateway, {
      host: node.admin.host,
      port: node.admin.port,
      username: topology.gateway.adminUsername,
      password: resolveSecret(topology.gateway.adminPassword, dir, context.env),
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
