import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { PACKAGE_ROOT } from '../../shared/package.ts';
import type { ServiceTemplates, StackName } from '../../topology/compose/compose-stack.ts';

/** The templates of one stack, as they lie in compose/. */
export async function readTemplates(stack: StackName): Promise<ServiceTemplates> {
  const dir = join(PACKAGE_ROOT, 'compose', stack);
  const files = (await readdir(dir)).filter((name) => name.endsWith('.yaml'));
  return Object.fromEntries(await Promise.all(files.map(async (name) => [name.slice(0, -'.yaml'.length), parse(await readFile(join(dir, name), 'utf8')) as unknown] as const)));
}
