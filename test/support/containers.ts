import { execa } from 'execa';
import { projectName } from '../../src/topology/compose/project-name.ts';
import type { ComponentStatus } from '../../src/ports/runtime.ts';
import type { TestEnvironment } from './environment.ts';

/** Names of what the engine has of an environment, ended containers included. */
export async function ownedBy({ topology }: TestEnvironment, kind: 'container' | 'volume' | 'network'): Promise<readonly string[]> {
  const all = kind === 'container' ? ['-a', '--no-trunc'] : [];
  const { stdout } = await execa('docker', [kind, 'ls', ...all, '-q', '--filter', `label=com.docker.compose.project=${projectName(topology)}`]);
  return stdout.split('\n').filter(Boolean).sort();
}

/** What `gwctl status` says of each component. */
export async function componentsOf(environment: TestEnvironment): Promise<readonly ComponentStatus[]> {
  const { exitCode, stdout, stderr } = await environment.gwctl(['status', '-o', 'json']);
  if (exitCode !== 0) throw new Error(`gwctl status: exit ${exitCode}\n${stderr}`);
  return (JSON.parse(stdout) as { readonly components: readonly ComponentStatus[] }).components;
}
