import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ComposeFiles, StackName } from '../../topology/compose/compose-stack.ts';
import { renderGwctlStack } from '../../topology/compose/gwctl-stack.ts';
import { projectName } from '../../topology/compose/project-name.ts';
import { renderSeedStack } from '../../topology/compose/seed-stack.ts';
import type { Topology } from '../../topology/topology.ts';
import { PACKAGE_ROOT, readTemplates } from './read-templates.ts';

export interface RenderStackOptions {
  readonly stack: StackName;
  readonly topology: Topology;
  readonly environmentDir: string;
  /** What a person types to make the files again; they begin with it. */
  readonly command: string;
}

/** Renders a stack with the templates of this installation. Writes nothing. */
export async function renderStack({ stack, topology, environmentDir, command }: RenderStackOptions): Promise<ComposeFiles> {
  const [templates, gwctlVersion] = await Promise.all([readTemplates(stack), readGwctlVersion()]);
  const options = { templates, project: projectName(topology), command, gwctlVersion, packageRoot: PACKAGE_ROOT, environmentDir };
  return stack === 'seed' ? renderSeedStack(topology, options) : renderGwctlStack(topology, options);
}

/** The version in package.json. */
export async function readGwctlVersion(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as { version: string };
  return version;
}
