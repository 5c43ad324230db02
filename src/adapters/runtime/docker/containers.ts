import { GwctlError } from '../../../shared/errors.ts';
import { DIR_LABEL, VERSION_LABEL } from '../../../topology/compose/gwctl-stack.ts';
import { docker, type DockerOptions } from './docker-command.ts';

/** One container of an environment. */
export interface Container {
  readonly id: string;
  readonly name: string;
  readonly service: string;
  /** Paused ones, too: as a process that hangs, they are there and do nothing. */
  readonly isRunning: boolean;
  readonly isPaused: boolean;
  /** Has run, and does no more. */
  readonly hasExited: boolean;
  readonly exitCode: number;
  /** 'none' without a healthcheck. */
  readonly health: 'starting' | 'healthy' | 'unhealthy' | 'none';
  readonly environmentDir: string | undefined;
  /** Networks that it was given, those included that are gone. */
  readonly networkIds: readonly string[];
  /** Of gwctl that made it. */
  readonly madeBy: string | undefined;
  /** Compose's hash of the description that it was made of. */
  readonly descriptionHash: string | undefined;
}

interface Inspected {
  readonly Id: string;
  readonly Name: string;
  readonly State: { readonly Status: string; readonly ExitCode: number; readonly Health?: { readonly Status: Container['health'] } };
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, { readonly NetworkID: string }>> | null };
  readonly Config: { readonly Labels: Readonly<Record<string, string>> | null };
}

const PROJECT_LABEL = 'com.docker.compose.project';
const SERVICE_LABEL = 'com.docker.compose.service';
const HASH_LABEL = 'com.docker.compose.config-hash';

/** Every container of a compose project, ended ones included. */
export async function listContainers(project: string, options: DockerOptions): Promise<readonly Container[]> {
  for (let attempt = 1; ; attempt++) {
    const ids = lines(await docker(['ps', '-aq', '--filter', `label=${PROJECT_LABEL}=${project}`], options));
    if (ids.length === 0) return [];
    try {
      return read(await docker(['inspect', '--type', 'container', ...ids], options));
    } catch (reason) {
      // One went between the two questions, as when compose makes it anew.
      if (attempt === ATTEMPTS || !/no such container/i.test(GwctlError.from(reason).message)) throw reason;
    }
  }
}

const ATTEMPTS = 5;

function read(json: string): readonly Container[] {
  return (JSON.parse(json) as readonly Inspected[]).map(({ Id, Name, State, NetworkSettings, Config }) => ({
    id: Id,
    name: Name.replace(/^\//, ''),
    service: Config.Labels?.[SERVICE_LABEL] ?? '',
    isRunning: State.Status === 'running' || State.Status === 'paused',
    isPaused: State.Status === 'paused',
    hasExited: State.Status === 'exited' || State.Status === 'dead',
    exitCode: State.ExitCode,
    health: State.Health?.Status ?? 'none',
    environmentDir: Config.Labels?.[DIR_LABEL],
    networkIds: Object.values(NetworkSettings.Networks ?? {}).map(({ NetworkID }) => NetworkID),
    madeBy: Config.Labels?.[VERSION_LABEL],
    descriptionHash: Config.Labels?.[HASH_LABEL],
  }));
}

/** Two folders may hold environments of one name: what the other one runs is not ours to touch. */
export function assertOurs(containers: readonly Container[], environmentDir: string, project: string): void {
  const other = containers.find((container) => container.environmentDir !== undefined && container.environmentDir !== environmentDir);
  if (other === undefined) return;
  throw new GwctlError('NOT_AS_EXPECTED', `project ${project} belongs to the environment in ${other.environmentDir ?? ''} (this one is in ${environmentDir})`, {
    hint: 'give one of them another name in gwctl.yaml, or use --port-offset',
  });
}

/** The last lines that a container wrote. */
export async function readContainerLog(container: Pick<Container, 'id'>, maxLines: number, options: DockerOptions): Promise<readonly string[]> {
  const { execa } = await import('execa');
  const { all } = await execa('docker', ['logs', '--tail', `${maxLines}`, container.id], { env: { ...options.env }, extendEnv: false, reject: false, all: true, stdin: 'ignore' });
  return lines(all);
}

/** Networks (whole ids) or volumes (names) of a project. */
export async function listOwned(kind: 'network' | 'volume', project: string, options: DockerOptions): Promise<readonly string[]> {
  return lines(await docker([kind, 'ls', '-q', ...(kind === 'network' ? ['--no-trunc'] : []), '--filter', `label=${PROJECT_LABEL}=${project}`], options));
}

function lines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}
