import { homedir } from 'node:os';
import { join } from 'node:path';

export type Env = Readonly<Record<string, string | undefined>>;

/** Where this user's downloads live, shared by all environments: `$GWCTL_CACHE_DIR`, else `gwctl` in the XDG cache folder. */
export function cacheDir(env: Env): string {
  const own = env['GWCTL_CACHE_DIR'];
  if (own !== undefined && own !== '') return own;
  const xdg = env['XDG_CACHE_HOME'];
  return join(xdg !== undefined && xdg !== '' ? xdg : join(env['HOME'] ?? homedir(), '.cache'), 'gwctl');
}
