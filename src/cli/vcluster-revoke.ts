import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { GwctlError } from '../shared/errors.ts';
import { setAction } from './command-action.ts';
import type { CliContext } from './context.ts';
import { withWorld } from './with-world.ts';

interface RevokeOptions {
  readonly user?: string;
  readonly tokenFile?: string;
}

/** Three base64url parts, the first of which starts as every JSON object does. */
const TOKEN = /eyJ[\w-]+\.[\w-]+\.[\w-]+/;

/** `gwctl vcluster revoke`: what was given out is no longer good, and connections made with it end. */
export function addVclusterRevokeCommand(group: Command, context: CliContext): void {
  const command = group
    .command('revoke')
    .description('revoke tokens of a virtual cluster; connections made with them end within seconds')
    .argument('<name>', 'the virtual cluster')
    .option('--user <name>', 'every token that this service account was given until now')
    .option('--token-file <file>', 'the one token in this file (the token alone, or a properties file)');
  setAction<RevokeOptions>(command, context, async ({ user, tokenFile }, globals, [name = '']) => {
    if ((user === undefined) === (tokenFile === undefined)) throw new GwctlError('USAGE', 'revoke needs either --user or --token-file');
    const what = user !== undefined ? { username: user } : { token: await readToken(context.cwd, tokenFile ?? '') };
    return await withWorld(globals, context, async ({ world }) => {
      const [gateway] = world.gateways;
      if (gateway === undefined) throw new GwctlError('CONFIG', 'this environment has no gateway');
      await gateway.revoke(name, what);
      context.err.write(user !== undefined ? `every token of ${user} in ${name} is revoked\n` : `the token in ${tokenFile ?? ''} is revoked\n`);
      return 0;
    });
  });
}

/** Read from a file: on the command line every user of the machine would see it. */
async function readToken(cwd: string, file: string): Promise<string> {
  const text = await readFile(resolve(cwd, file), 'utf8').catch((reason: NodeJS.ErrnoException) => {
    throw new GwctlError('USAGE', `--token-file: ${file} cannot be read (${reason.code ?? 'unknown error'})`, { cause: reason });
  });
  const token = TOKEN.exec(text)?.[0];
  if (token === undefined) throw new GwctlError('USAGE', `--token-file: ${file} has no token`);
  return token;
}
