import { chmod, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { GwctlError } from '../shared/errors.ts';
import { addOutputOption, setAction } from './command-action.ts';
import type { CliContext } from './context.ts';
import { addVclusterRevokeCommand } from './vcluster-revoke.ts';
import { withWorld } from './with-world.ts';

interface TokenOptions {
  readonly user: string;
  readonly gateway?: string;
  readonly lifetime: string;
  readonly admin?: boolean;
  readonly properties?: string;
  readonly output: 'text' | 'json';
}

const DEFAULT_LIFETIME_SECONDS = '7776000';

/** `gwctl vcluster create|list|revoke|token`: virtual clusters and the tokens of their service accounts. */
export function addVclusterCommand(program: Command, context: CliContext): void {
  const group = program.command('vcluster').description('manage virtual clusters and the tokens of their service accounts');
  for (const [verb, description] of [
    ['create', 'create a virtual cluster and a token for its first service account'],
    ['token', 'issue a token for a service account of a virtual cluster'],
  ] as const) {
    const command = group
      .command(verb)
      .description(description)
      .argument('<name>', 'the virtual cluster; its topics are stored with this name as a prefix')
      .option('--user <name>', 'the service account', 'sa')
      .option('--gateway <name>', 'whose address goes into the properties file (default: the first node)')
      .option('--lifetime <seconds>', 'how long the token is valid; the default is 90 days', DEFAULT_LIFETIME_SECONDS)
      .option('--admin', 'the service account may edit the ACLs of the virtual cluster, which do not bind it')
      .option('--properties <file>', 'write the client properties to a file with mode 0600 (default: print them)');
    setAction<TokenOptions>(addOutputOption(command), context, async (options, globals, [name = '']) =>
      withWorld(globals, context, async ({ world, topology }) => {
        const lifeTimeSeconds = Number(options.lifetime);
        if (!/^\d+$/.test(options.lifetime) || lifeTimeSeconds < 1) throw new GwctlError('USAGE', `--lifetime: "${options.lifetime}" is not a positive whole number of seconds`);
        const { gatewayNamed } = await import('../topology/lookup.ts');
        const node = options.gateway === undefined ? topology.gateways[0] : gatewayNamed(topology, options.gateway);
        const gateway = world.gateways.find((candidate) => candidate.node === node?.name);
        if (node === undefined || gateway === undefined) throw new GwctlError('CONFIG', 'this environment has no gateway');
        if (verb === 'create' && (await gateway.virtualClusters()).some((known) => known.name === name)) {
          throw new GwctlError('NOT_AS_EXPECTED', `virtual cluster "${name}" exists already`, { hint: `\`gwctl vcluster token ${name}\` issues another token for it` });
        }
        const token = await gateway.issueToken(name, options.user, lifeTimeSeconds, options.admin === true);
        const { renderClientProperties } = await import('../topology/render-client-properties.ts');
        const properties = renderClientProperties(node, options.user, token);
        if (options.properties !== undefined) {
          const file = resolve(context.cwd, options.properties);
          await writeFile(file, properties, { mode: 0o600 });
          await chmod(file, 0o600);
          context.err.write(`${options.properties} written\n`);
        }
        if (options.output === 'json') {
          const { writeJson } = await import('../report/json.ts');
          writeJson(context.out, { virtualCluster: name, username: options.user, token, bootstrap: `${node.advertisedHost}:${node.ports[0]?.port ?? 0}` });
        } else if (options.properties === undefined) context.out.write(properties);
        return 0;
      }),
    );
  }
  addVclusterRevokeCommand(group, context);
  const list = group.command('list').description('list the virtual clusters and their topics');
  setAction<{ readonly output: 'text' | 'json' }>(addOutputOption(list), context, async ({ output }, globals) =>
    withWorld(globals, context, async ({ world }) => {
      const [gateway] = world.gateways;
      if (gateway === undefined) throw new GwctlError('CONFIG', 'this environment has no gateway');
      const virtualClusters = await gateway.virtualClusters();
      if (output === 'json') {
        const { writeJson } = await import('../report/json.ts');
        writeJson(context.out, { virtualClusters });
        return 0;
      }
      const [{ renderTable }, { createPalette }] = await Promise.all([import('../report/table.ts'), import('../report/palette.ts')]);
      const rows = virtualClusters.flatMap(({ name, topics }) => (topics.length === 0 ? [[name, '', '']] : topics.map(({ virtual, physical }) => [name, virtual, physical])));
      context.out.write(renderTable([{ title: 'virtual cluster' }, { title: 'topic' }, { title: 'stored as' }], rows, createPalette(context.isTerminal.out, context.env)));
      return 0;
    }),
  );
}
