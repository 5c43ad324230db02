import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { ServiceTemplates, StackName } from '../../topology/compose/compose-stack.ts';

/** Folder of package.json: three up from src/adapters/compose and from dist/adapters/compose alike. */
export const PACKAGE_ROOT = fileURLToPath(new URL('../../../', import.meta.url)).replace(/\/$/, '');

/** The templates of one stack, as they lie in compose/. */
export async function readTemplates(stack: StackName): Promise<ServiceTemplates> {
  const dir = join(PACKAGE_ROOT, 'compose', stack);
  const files = (await readdir(dir)).filter((name) => name.endsWith('.yaml'));
  return Object.fromEntries(await Promise.all(files.map(async (name) => [name.slice(0, -'.yaml'.length), parse(await readFile(join(dir, name), 'utf8')) as unknown] as const)));
}
