import { PACKAGE_ROOT, readGwctlVersion } from '../../shared/package.ts';
import type { ComposeFiles, StackName } from '../../topology/compose/compose-stack.ts';
import { renderGwctlStack } from '../../topology/compose/gwctl-stack.ts';
import { projectName } from '../../topology/compose/project-name.ts';
import { renderSeedStack } from '../../topology/compose/seed-stack.ts';
import type { Topology } from '../../topology/topology.ts';
import { readTemplates } from './read-templates.ts';

export interface RenderStackOptions {
  readonly stack: StackName;
  readonly topology: Topology;
  readonly environmentDir: string;
  /** What a person types to make the files again; they begin with it. */
  readonly command: string;
}

/** Renders a stack with the templates of this installation. Writes nothing. */
export async function renderStack({ stack, topology, environmentDir, command }: RenderStackOptions): Promise<ComposeFiles> {
  const templates = await readTemplates(stack);
  const options = { templates, project: projectName(topology), command, gwctlVersion: readGwctlVersion(), packageRoot: PACKAGE_ROOT, environmentDir };
  return stack === 'seed' ? renderSeedStack(topology, options) : renderGwctlStack(topology, options);
}
