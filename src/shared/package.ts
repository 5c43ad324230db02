import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json, without a slash at its end: the nearest one above this module, which lies at another depth once it is bundled. */
export const PACKAGE_ROOT = findPackageRoot(dirname(fileURLToPath(import.meta.url)));

/** The version in package.json. */
export function readGwctlVersion(): string {
  const { version } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as { version: string };
  return version;
}

function findPackageRoot(from: string): string {
  return existsSync(join(from, 'package.json')) || dirname(from) === from ? from : findPackageRoot(dirname(from));
}
