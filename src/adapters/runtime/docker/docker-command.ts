import { stripVTControlCharacters } from 'node:util';
import { execa } from 'execa';
import { type ErrorCode, GwctlError } from '../../../shared/errors.ts';
import type { Env } from '../cache-dir.ts';

export interface DockerOptions {
  readonly env: Env;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

/** Output of `docker ARGS`. Throws ENVIRONMENT for what this machine or its engine lacks, else UNAVAILABLE with docker's last words. */
export async function docker(args: readonly string[], { env, signal, timeoutMs = DEFAULT_TIMEOUT_MS }: DockerOptions): Promise<string> {
  const result = await execa('docker', args, {
    env: { ...env }, extendEnv: false, reject: false, stdin: 'ignore', timeout: timeoutMs, stripFinalNewline: true,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  if (!result.failed) return result.stdout ?? '';
  if (signal?.aborted === true) throw signal.reason;
  throw dockerError(args, result.code === 'ENOENT' ? 'ENOENT' : result.timedOut ? `no answer within ${Math.round(timeoutMs / 1000)} s` : result.stderr || result.stdout || (result.shortMessage ?? 'it failed without a word'));
}

const DEFAULT_TIMEOUT_MS = 600_000;

interface KnownFailure {
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  readonly says: string;
  readonly hint: string;
}

/** How a message of that begins. */
export const IMAGE_UNAVAILABLE = 'an image cannot be pulled';

/** What goes wrong on other people's machines, by docker's own words. */
const KNOWN_FAILURES: readonly KnownFailure[] = [
  { pattern: /^ENOENT$/, code: 'ENVIRONMENT', says: 'no `docker` on the PATH', hint: 'install Docker, or use `--runtime local`' },
  { pattern: /permission denied while trying to connect/i, code: 'ENVIRONMENT', says: 'this user may not use the container engine', hint: 'add the user to the group docker, or use `--runtime local`' },
  { pattern: /cannot connect to the docker daemon|error during connect|is the docker daemon running|failed to connect to the docker api/i, code: 'ENVIRONMENT', says: 'no container engine answers', hint: 'start it (`systemctl start docker`), or use `--runtime local`' },
  { pattern: /'compose' is not a docker command|unknown (shorthand )?flag|unknown command: docker compose/i, code: 'ENVIRONMENT', says: 'docker has no compose v2', hint: 'install the compose plug-in (`apt-get install docker-compose-plugin`), or use `--runtime local`' },
  { pattern: /no space left on device/i, code: 'ENVIRONMENT', says: 'the disk of the container engine is full', hint: '`docker system df` shows what takes it, `docker system prune` frees some' },
  { pattern: /port is already allocated|address already in use/i, code: 'ENVIRONMENT', says: 'a port is taken', hint: '`docker ps` shows which container publishes it; end that one, or move this environment with --port-offset 100' },
  {
    pattern: /pull access denied|manifest (for \S+ )?(unknown|not found)|no such host|failed to resolve (source|reference)|failed to do request|i\/o timeout|toomanyrequests|requested access to the resource is denied|not found: manifest/i,
    code: 'ENVIRONMENT', says: IMAGE_UNAVAILABLE, hint: 'pull it by hand to see why (`docker pull IMAGE`), or use `--runtime local`',
  },
];

/** A failed docker command as an error that says what to do. */
export function dockerError(args: readonly string[], output: string): GwctlError {
  const words = stripVTControlCharacters(output).trim();
  const tail = words.split('\n').slice(-TAIL_LINES).join('\n');
  const known = KNOWN_FAILURES.find(({ pattern }) => pattern.test(words));
  const command = `docker ${args.filter((arg) => !arg.includes('/')).slice(0, 8).join(' ')}`;
  if (known === undefined) return new GwctlError('UNAVAILABLE', `\`${command}\`: ${tail}`, { details: { command: args } });
  const detail = known.pattern.source === '^ENOENT$' ? '' : `: ${words.split('\n').filter((line) => known.pattern.test(line)).at(-1)?.trim() ?? tail}`;
  return new GwctlError(known.code, `${known.says}${detail}`, { hint: known.hint, details: { command: args } });
}

const TAIL_LINES = 6;
