import { readFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { resolveSecret } from '../../config/resolve-secret.ts';
import { headerOf, type ComposeFiles } from '../../topology/compose/compose-stack.ts';
import { ADMIN_PASSWORD_VARIABLE, tokenKeyVariable } from '../../topology/compose/gateway-config.ts';
import { readGwctlVersion } from '../../shared/package.ts';
import { readTlsTexts } from './tls-texts.ts';
import type { Topology } from '../../topology/topology.ts';
import type { Env } from '../runtime/cache-dir.ts';
import { replaceFile } from '../runtime/replace-file.ts';
import { ensureTokenKey } from '../runtime/token-key.ts';

/** Writes rendered files into a folder, which is made. What has not changed is not touched. */
export async function writeStack(dir: string, files: ComposeFiles): Promise<void> {
  await mkdir(dir, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    const path = join(dir, name);
    if ((await readFile(path, 'utf8').catch(() => undefined)) !== text) await replaceFile(path, text);
  }
}

export interface SecretsOptions {
  readonly topology: Topology;
  readonly environmentDir: string;
  readonly env: Env;
  /** What a person types to make the file again; it begins with it. */
  readonly command: string;
}

/** Writes the secrets of the gateway nodes to `.env`, mode 0600, where compose finds them. Makes the token key when it is a generated one. Throws CONFIG. */
export async function writeSecrets(dir: string, { topology, environmentDir, env, command }: SecretsOptions): Promise<void> {
  await ensureTokenKey(topology.gateway.tokenKey, environmentDir);
  const { adminPassword, tokenKey, olderTokenKeys = [] } = topology.gateway;
  const values = [
    [ADMIN_PASSWORD_VARIABLE, resolveSecret(adminPassword, environmentDir, env)],
    ...[tokenKey, ...olderTokenKeys].map((secret, index) => [tokenKeyVariable(index), resolveSecret(secret, environmentDir, env)]),
    ...(await readTlsTexts(topology.gateways)),
  ] as const;
  await mkdir(dir, { recursive: true });
  const path = join(dir, '.env');
  const head = headerOf({ command, gwctlVersion: readGwctlVersion() });
  await writeFile(path, head + values.map(([name, value]) => `${name}=${quoted(value ?? '')}\n`).join(''), { mode: 0o600 });
}

/** As compose reads it: in double quotes only these mean something. */
function quoted(value: string): string {
  return `"${value.replace(/["\\$]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}
